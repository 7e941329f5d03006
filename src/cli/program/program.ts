// The commands, their options and their help. What each does is in its own file, loaded when it is asked for.

import { Command } from 'commander';
import picocolors from 'picocolors';
import type { ConfigOptions } from '../commands/config.ts';
import { complain, type CliContext, type ExitCode } from '../context.ts';
import type { DoctorOptions } from '../commands/doctor.ts';
import type { ExplainOptions } from '../commands/explain.ts';
import { COMMAND_HELP, PROGRAM_HELP } from './help.ts';
import type { LookupOptions } from '../commands/lookup.ts';
import { addInputs, collectNames, outputOption, providersOption } from './options.ts';
import type { SecretCreateOptions } from '../commands/secret-create.ts';
import type { SecretValidateOptions } from '../commands/secret-validate.ts';
import { hasColors, widthOf } from '../render/style.ts';
import { addVerify } from './verify-options.ts';
import { VERSION } from '../version.ts';

type SetExitCode = (exitCode: ExitCode) => void;

/** Makes the program; a command that has run tells its exit code. */
export function createProgram(context: CliContext, done: SetExitCode): Command {
  const program = new Command('docker-keyring')
    .description(
      'Every registry credential a Kubernetes node would try for an image, in order, and why.',
    )
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .addHelpText('after', PROGRAM_HELP);
  configureStreams(program, context);
  addLookup(program, context, done);
  addExplain(program, context, done);
  addConfig(program, context, done);
  addVerify(program, context, done);
  addDoctor(program, context, done);
  addPlugin(program, context, done);
  const secret = program.command('secret').description('make and check pull secrets');
  addSecretCreate(secret, context, done);
  addSecretValidate(secret, context, done);
  return program;
}

function configureStreams(program: Command, context: CliContext): void {
  const { stdout, stderr, system } = context;
  program
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => widthOf(stdout, system),
      getErrHelpWidth: () => widthOf(stderr, system),
      getOutHasColors: () => hasColors(stdout, system),
      getErrHasColors: () => hasColors(stderr, system),
      outputError: (text) => complain(context, withoutValues(text)),
    })
    .configureHelp({
      styleTitle: (title) => COLORS.bold(title),
      styleOptionTerm: (term) => COLORS.cyan(term),
      styleSubcommandTerm: (term) => COLORS.cyan(term),
      styleArgumentTerm: (term) => COLORS.cyan(term),
    });
}

/** Always on: commander takes them out again where there are none. */
const COLORS = picocolors.createColors(true);

/** What somebody mistyped, `--pasword=…`, `-p…` or `https://user:password@host`, must not come out again. */
function withoutValues(text: string): string {
  return text
    .replace(/^error: /, '')
    .replace(/(unknown option '(?:--[^='\s]*|-[^-=']))[^\n]*?'(?=\n|$)/, "$1'")
    .replace(/^(option '[^']*') argument '[\s\S]*' is invalid\./, '$1: the value is invalid.')
    .trim()
    .replace(/\n+/, ' ');
}

function addLookup(program: Command, context: CliContext, done: SetExitCode): void {
  const command = program
    .command('lookup')
    .description('print the credentials of images, in the order in which a node tries them')
    .argument(
      '[IMAGE...]',
      'what stands in the image field of a pod; by default the images of --pod',
    );
  addInputs(command)
    .addOption(providersOption())
    .optionsGroup('Output:')
    .addOption(outputOption('text', ['text', 'json', 'header', 'dockerode', 'docker-config']))
    .option('--show-secrets', 'print passwords and tokens too')
    .addHelpText('after', COMMAND_HELP.lookup)
    .action(async (images: string[], options: LookupOptions) => {
      const { lookupCommand } = await import('../commands/lookup.ts');
      done(await lookupCommand(context, images, options));
    });
}

function addExplain(program: Command, context: CliContext, done: SetExitCode): void {
  const command = program
    .command('explain')
    .description('say which credentials images get, in which order, from where and why')
    .argument(
      '[IMAGE...]',
      'what stands in the image field of a pod; by default the images of --pod',
    );
  addInputs(command)
    .addOption(providersOption())
    .optionsGroup('Output:')
    .addOption(outputOption('text', ['text', 'json']))
    .addHelpText('after', COMMAND_HELP.explain)
    .action(async (images: string[], options: ExplainOptions) => {
      const { explainCommand } = await import('../commands/explain.ts');
      done(await explainCommand(context, images, options));
    });
}

function addConfig(program: Command, context: CliContext, done: SetExitCode): void {
  const command = program
    .command('config')
    .description('print all static credentials, merged into one config.json');
  addInputs(command)
    .optionsGroup('Output:')
    .addOption(outputOption('json', ['text', 'json']))
    .option('--show-secrets', 'print passwords and tokens too')
    .option(
      '--write <file>',
      'write the document, with its secrets and with mode 0600, and do not print it',
    )
    .addHelpText('after', COMMAND_HELP.config)
    .action(async (options: ConfigOptions) => {
      const { configCommand } = await import('../commands/config.ts');
      done(await configCommand(context, options));
    });
}

function addDoctor(program: Command, context: CliContext, done: SetExitCode): void {
  const command = program
    .command('doctor')
    .description('look at what this machine offers: files, helpers, clouds, the network')
    .argument('[IMAGE...]', 'images to resolve here; by default the images of --pod, if any');
  addInputs(command)
    .addOption(providersOption())
    .optionsGroup('Output:')
    .addOption(outputOption('text', ['text', 'json']))
    .addHelpText('after', COMMAND_HELP.doctor)
    .action(async (images: string[], options: DoctorOptions) => {
      const { doctorCommand } = await import('../commands/doctor.ts');
      done(await doctorCommand(context, images, options));
    });
}

/** It reads its arguments itself: started by a kubelet, it gets by without commander. */
function addPlugin(program: Command, context: CliContext, done: SetExitCode): void {
  program
    .command('plugin')
    .description('be an image credential provider of the kubelet, or print its configuration')
    .argument('[ARGUMENTS...]')
    .allowUnknownOption()
    .helpOption(false)
    .action(async () => {
      const { pluginCommand } = await import('../commands/plugin.ts');
      const { importModule } = await import('../inputs/plugin-providers.ts');
      const { createSecretMemory } = await import('../../util/redaction/secret-memory.ts');
      const { argv, stdin, stdout, stderr, system } = context;
      const args = argv.slice(argv.indexOf('plugin') + 1);
      const streams = { stdin: stdin.chunks, stdout, stderr };
      const secrets = createSecretMemory();
      done(await pluginCommand({ ...streams, system, importModule, secrets, args }));
    });
}

function addSecretCreate(parent: Command, context: CliContext, done: SetExitCode): void {
  parent
    .command('create')
    .description('print the manifest of a pull secret')
    .argument('<NAME>', "the secret's name")
    .option('--server <server>', 'the registry (default: https://index.docker.io/v1/)')
    .option('--username <name>', 'the user name')
    .option('--password-stdin', 'read the password from standard input')
    .option('--password <password>', 'the password, visible to everybody who lists processes')
    .option('--email <address>', 'an e-mail address, which no registry asks for')
    .option('--from-file <file>', 'a whole config.json in place of the options above')
    .option(
      '-n, --namespace <namespace>',
      "the secret's namespace; several by repeating it or with commas",
      collectNames,
    )
    .option('--append-hash', 'append a hash of the content to the name')
    .addOption(outputOption('json', ['json', 'yaml']))
    .addHelpText('after', COMMAND_HELP.create)
    .action(async (name: string, options: SecretCreateOptions) => {
      const { secretCreateCommand } = await import('../commands/secret-create.ts');
      done(await secretCreateCommand(context, name, options));
    });
}

function addSecretValidate(parent: Command, context: CliContext, done: SetExitCode): void {
  parent
    .command('validate')
    .description('find what is wrong with pull secrets')
    .argument('<FILE...>', 'YAML or JSON; - is standard input')
    .addOption(outputOption('text', ['text', 'json']))
    .addHelpText('after', COMMAND_HELP.validate)
    .action(async (files: string[], options: SecretValidateOptions) => {
      const { secretValidateCommand } = await import('../commands/secret-validate.ts');
      done(await secretValidateCommand(context, files, options));
    });
}
