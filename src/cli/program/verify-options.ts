// The command verify: its arguments and options.

import { Option, type Command } from 'commander';
import type { CliContext, ExitCode } from '../context.ts';
import { COMMAND_HELP } from './help.ts';
import { addNodeInputs, addSecrets, collect, outputOption, providersOption } from './options.ts';
import {
  parseAmount,
  parseDuration,
  parseRegistry,
  parseRealm,
  parsePlatforms,
} from '../inputs/verify-arguments.ts';
import type { VerifyCommandOptions } from '../commands/verify.ts';

/** Adds the command; when it has run, it tells its exit code. */
export function addVerify(
  program: Command,
  context: CliContext,
  done: (exitCode: ExitCode) => void,
): void {
  const command = program
    .command('verify')
    .description('ask registries whether a node could pull images, and say why not')
    .argument('[IMAGE...]', 'images to ask about beside those of --filename');
  addManifests(command);
  addNodeInputs(command)
    .addOption(providersOption())
    .option('--anonymous', 'try without credentials at last, which a kubelet does not');
  addQuestions(command);
  addRegistries(command)
    .optionsGroup('Output:')
    .addOption(outputOption('text', ['text', 'json', 'junit', 'github']))
    .option('--no-progress', 'show no progress, also on a terminal')
    .addHelpText('after', COMMAND_HELP.verify)
    .action(async (images: string[], options: VerifyCommandOptions) => {
      const { verifyCommand } = await import('../commands/verify.ts');
      done(await verifyCommand(context, images, options));
    });
}

function addManifests(command: Command): void {
  command
    .optionsGroup('Inputs:')
    .option(
      '-f, --filename <path>',
      'manifests: a file, a directory, or - for standard input; repeatable',
      collect,
    )
    .option('-R, --recursive', 'read the directories in directories too');
  addSecrets(command).option(
    '-n, --namespace <namespace>',
    'the namespace of objects that name none',
  );
}

function addQuestions(command: Command): void {
  command
    .optionsGroup('Questions:')
    .addOption(
      new Option(
        '--platform <os/arch>',
        'warn where an image is not for it, such as linux/arm64; repeatable',
      ).argParser(parsePlatforms),
    )
    .addOption(
      new Option(
        '--expires-within <duration>',
        'warn of credentials that end so soon: 30m, 12h, 7d',
      ).argParser(parseDuration),
    )
    .option('--strict', 'end with 1 for warnings too');
}

function addRegistries(command: Command): Command {
  return command
    .optionsGroup('Registries:')
    .addOption(
      new Option(
        '--concurrency <n>',
        'images to ask for at a time, of each registry (default: 6)',
      ).argParser(parseAmount),
    )
    .option('--ca-file <pem>', 'certificates of authorities to trust beside the usual ones')
    .addOption(
      new Option(
        '--insecure-registry <host[:port]>',
        'may be asked without TLS; repeatable',
      ).argParser(parseRegistry),
    )
    .addOption(
      new Option(
        '--trusted-realm <host[:port]>',
        'a token server that may be anywhere, and http; repeatable',
      ).argParser(parseRealm),
    );
}
