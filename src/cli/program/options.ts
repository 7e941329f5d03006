// Options that several commands have.

import { Option, type Command } from 'commander';
import { DEFAULT_NAMES, namesIn } from '../../providers/catalog.ts';

/** The options of the program itself, which may stand behind the command's name, too. */
export interface GlobalOptions {
  readonly verbose?: boolean;
}

/** `--output`. */
export function outputOption(normal: string, choices: readonly string[]): Option {
  return new Option('-o, --output <format>', 'output format').choices(choices).default(normal);
}

/** `--show-secrets`. */
export function showSecretsOption(): Option {
  return new Option('--show-secrets', 'print passwords and tokens, too');
}

/** `--providers`, of every command that asks providers. */
export function providersOption(): Option {
  const known = namesIn('lookup').join(', ');
  const meaning = `providers to ask: ${known}, or none (default: ${DEFAULT_NAMES.join(',')})`;
  return new Option('--providers <list>', meaning);
}

/** The options of lookup, explain, config and doctor. */
export function addInputs(command: Command): Command {
  return addNodeInputs(
    addSecrets(command.optionsGroup('Inputs:'))
      .option('--pod <file>', 'use only the pull secrets of this pod')
      .option('--service-account <file>', 'the service account of the pod')
      .option('-n, --namespace <namespace>', 'use only pull secrets of this namespace'),
  );
}

/** `--secret`. */
export function addSecrets(command: Command): Command {
  return command.option('--secret <file>', 'pull secrets, as YAML or JSON; repeatable', collect);
}

/** The options for a node's own configuration and rules. */
export function addNodeInputs(command: Command): Command {
  const semantics = new Option('--semantics <name>', 'rules for files and pull secrets')
    .choices(['extended', 'kubelet'])
    .default('extended');
  const pathMatching = new Option('--path-matching <name>', 'how the path of a key is matched')
    .choices(['prefix', 'segment'])
    .default('prefix');
  return command
    .option(
      '--docker-config <path>',
      'read only this file, or the files in this directory; repeatable',
      collect,
    )
    .option('--no-docker-config', 'read no Docker configuration')
    .optionsGroup('Rules:')
    .addOption(semantics)
    .addOption(pathMatching);
}

/** Names separated by commas; the option may be repeated. */
export function collectNames(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...value.split(',').map((name) => name.trim())];
}

/** A repeatable option. Before its first value it is `undefined`, or `false` for `--no-docker-config`. */
export function collect(value: string, before: unknown): string[] {
  return Array.isArray(before) ? [...(before as string[]), value] : [value];
}
