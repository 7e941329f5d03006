// Options that several commands have.

import { Option, type Command } from 'commander';

/** `--output`, of every command that prints in more than one form. */
export function outputOption(normal: string, choices: readonly string[]): Option {
  return new Option('-o, --output <format>', 'how to print').choices(choices).default(normal);
}

/** Of those that ask providers: config does not. */
export function providersOption(): Option {
  const meaning =
    'which providers to ask: ecr, gcr, acr, environment, helper:NAME, or none (default: ecr,gcr,acr)';
  return new Option('--providers <list>', meaning);
}

/** The options of lookup, explain, config and doctor. */
export function addInputs(command: Command): Command {
  return addNodeInputs(
    addSecrets(command.optionsGroup('Inputs:'))
      .option('--pod <file>', 'a pod: of the secrets, those count that it uses')
      .option('--service-account <file>', 'the service account that the pod runs as')
      .option('-n, --namespace <namespace>', 'only secrets of this namespace count'),
  );
}

/** `--secret`. */
export function addSecrets(command: Command): Command {
  return command.option('--secret <file>', 'pull secrets, as YAML or JSON; repeatable', collect);
}

/** What a node has beside the secrets of its pods, and the rules that it follows. */
export function addNodeInputs(command: Command): Command {
  const semantics = new Option('--semantics <name>', 'how far the kubelet is followed')
    .choices(['extended', 'kubelet'])
    .default('extended');
  const pathMatching = new Option('--path-matching <name>', "how a key's path matches")
    .choices(['prefix', 'segment'])
    .default('prefix');
  return command
    .option(
      '--docker-config <path>',
      'read only this file, or what is in this directory; repeatable',
      collect,
    )
    .option('--no-docker-config', 'read no Docker configuration')
    .optionsGroup('Rules:')
    .addOption(semantics)
    .addOption(pathMatching);
}

/** Names with commas between them, behind those before. */
export function collectNames(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...value.split(',').map((name) => name.trim())];
}

/** Before the first value stands nothing, or what `--no-docker-config` left. */
export function collect(value: string, before: unknown): string[] {
  return Array.isArray(before) ? [...(before as string[]), value] : [value];
}
