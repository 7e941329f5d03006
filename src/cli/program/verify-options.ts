// The command verify: its arguments and options. Commander adds the option's name to the errors of values.

import { InvalidArgumentError, Option, type Command } from 'commander';
import { isRegistryHost, isUrlHost } from '../../registry/client/options.ts';
import type { VerifyCommandOptions } from '../commands/verify.ts';
import type { CliContext, ExitCode } from '../context.ts';
import { COMMAND_HELP } from './help.ts';
import {
  addNodeInputs,
  addSecrets,
  collect,
  outputOption,
  providersOption,
  type GlobalOptions,
} from './options.ts';

/** Adds the command; `done` is called with its exit code. */
export function addVerify(
  program: Command,
  context: CliContext,
  done: (exitCode: ExitCode) => void,
): void {
  const command = program
    .command('verify')
    .description('ask registries whether a node can pull images, and if not, why')
    .argument('[IMAGE...]', 'images to verify, in addition to those of --filename');
  addManifests(command);
  addNodeInputs(command)
    .addOption(providersOption())
    .option('--anonymous', 'try without credentials last, which a kubelet does not');
  addQuestions(command);
  addRegistries(command)
    .optionsGroup('Output:')
    .addOption(outputOption('text', ['text', 'json', 'junit', 'github']))
    .option('--no-progress', 'show no progress on a terminal')
    .addHelpText('after', COMMAND_HELP.verify)
    .action(async (images: string[], options: VerifyCommandOptions) => {
      const { verifyCommand } = await import('../commands/verify.ts');
      // Lines of --verbose would break up the line of progress.
      const progress = options.progress && program.opts<GlobalOptions>().verbose !== true;
      done(await verifyCommand(context, images, { ...options, progress }));
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
    .option('-R, --recursive', 'read subdirectories, too');
  addSecrets(command).option('-n, --namespace <namespace>', 'the namespace of objects without one');
}

function addQuestions(command: Command): void {
  command
    .optionsGroup('Questions:')
    .addOption(
      new Option(
        '--platform <os/arch>',
        'warn where an image lacks the platform, such as linux/arm64; repeatable',
      ).argParser(parsePlatforms),
    )
    .addOption(
      new Option(
        '--expires-within <duration>',
        'warn of credentials that expire within this time: 30m, 12h, 7d',
      ).argParser(parseDuration),
    )
    .option('--strict', 'exit with 1 for warnings, too');
}

function addRegistries(command: Command): Command {
  return command
    .optionsGroup('Registries:')
    .addOption(
      new Option('--concurrency <n>', 'images at a time for each registry (default: 6)').argParser(
        parseAmount,
      ),
    )
    .option('--ca-file <pem>', 'certificates of further authorities to trust')
    .addOption(
      new Option(
        '--insecure-registry <host[:port]>',
        'a registry that may be asked without TLS; repeatable',
      ).argParser(parseRegistry),
    )
    .addOption(
      new Option(
        '--trusted-realm <host[:port]>',
        'a token server that may have any address, and use http; repeatable',
      ).argParser(parseRealm),
    );
}

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
/** Registries take more for an attack. */
const MAX_AMOUNT = 100;

/** `30m`, `12h`, `7d`, in milliseconds. */
export function parseDuration(value: string): number {
  const [, amount, unit = ''] = /^(\d{1,6})([smhd])$/.exec(value) ?? [];
  const unitMs = UNITS_MS[unit];
  if (unitMs !== undefined) return Number(amount) * unitMs;
  throw new InvalidArgumentError('Use a number and s, m, h or d.');
}

/** A whole number from 1. */
export function parseAmount(value: string): number {
  const amount = /^\d+$/.test(value) ? Number(value) : 0;
  if (amount >= 1 && amount <= MAX_AMOUNT) return amount;
  throw new InvalidArgumentError(`Use a number from 1 to ${MAX_AMOUNT}.`);
}

/** Platforms separated by commas; the option may be repeated. */
export function parsePlatforms(value: string, before: readonly string[] = []): readonly string[] {
  const platforms = value.split(',').map((one) => one.trim());
  const areGood = platforms.every((one) => /^[\w.-]+(?:\/[\w.-]+){1,2}$/.test(one));
  if (areGood) return [...before, ...platforms];
  throw new InvalidArgumentError('Use os/arch or os/arch/variant, such as linux/arm/v7.');
}

/** The option may be repeated. */
export function parseRegistry(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, checkedHost(value, isRegistryHost)];
}

/** The option may be repeated. */
export function parseRealm(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, checkedHost(value, isUrlHost)];
}

function checkedHost(value: string, isHost: (host: string) => boolean): string {
  if (isHost(value)) return value;
  throw new InvalidArgumentError('Use host or host:port, without https:// and without a path.');
}
