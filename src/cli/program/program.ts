// The commands with their options and help. Each command's code is loaded when the command runs.

import { HUB_SERVER } from '../../reference/docker-hub.ts';
import { Argument, Command } from 'commander';
import picocolors from 'picocolors';
import type { ConfigOptions } from '../commands/config.ts';
import type { DoctorOptions } from '../commands/doctor.ts';
import type { ExplainOptions } from '../commands/explain.ts';
import type { LookupOptions } from '../commands/lookup.ts';
import type { SecretCreateOptions } from '../commands/secret-create.ts';
import type { SecretValidateOptions } from '../commands/secret-validate.ts';
import type { Shell } from '../completion/scripts.ts';
import { reportError, type CliContext, type ExitCode } from '../context.ts';
import { hasColors, widthOf } from '../render/style.ts';
import { versionText } from '../version.ts';
import { COMMAND_HELP, PROGRAM_HELP } from './help.ts';
import {
  addInputs,
  collectNames,
  outputOption,
  providersOption,
  showSecretsOption,
} from './options.ts';
import { addVerify } from './verify-options.ts';

type SetExitCode = (exitCode: ExitCode) => void;

/** @param done - Called with the exit code of the command that has run. */
export function createProgram(context: CliContext, done: SetExitCode): Command {
  const program = new Command('docker-keyring')
    .description(
      'Every registry credential a Kubernetes node would try for an image, in order, and why.',
    )
    .version(versionText(context), '-V, --version', 'print the version, the commit and Node.js')
    .option('--verbose', 'print diagnostics to standard error')
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
  const secret = program.command('secret').description('create and check pull secrets');
  addSecretCreate(secret, context, done);
  addSecretValidate(secret, context, done);
  addCompletion(program, context);
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
      outputError: (text) => reportError(context, withoutValues(text)),
    })
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => COLORS.bold(title),
      styleOptionTerm: (term) => COLORS.cyan(term),
      styleSubcommandTerm: (term) => COLORS.cyan(term),
      styleArgumentTerm: (term) => COLORS.cyan(term),
    });
}

/** Always on: commander removes colours where the stream has none. */
const COLORS = picocolors.createColors(true);

/** Removes mistyped values, which may be secrets: `--pasword=…`, `-p…` or `https://user:password@host`. */
function withoutValues(text: string): string {
  return text
    .replace(/^error: /, '')
    .replace(/(unknown option '(?:--[^='\s]*|-[^-=']))[^\n]*?'(?=\n|$)/, "$1'")
    .replace(/^(option '[^']*') argument '[\s\S]*' is invalid\./, '$1: the value is invalid.')
    .trim()
    .replace(/\n+/, ' ');
}

const IMAGES = 'images, as a pod names them (default: the images of --pod)';

function addLookup(program: Command, context: CliContext, done: SetExitCode): void {
  const command = program
    .command('lookup')
    .description('print the credentials of images, in the order in which a node tries them')
    .argument('[IMAGE...]', IMAGES);
  addInputs(command)
    .addOption(providersOption())
    .optionsGroup('Output:')
    .addOption(outputOption('text', ['text', 'json', 'header', 'dockerode', 'docker-config']))
    .addOption(showSecretsOption())
    .addHelpText('after', COMMAND_HELP.lookup)
    .action(async (images: string[], options: LookupOptions) => {
      const { lookupCommand } = await import('../commands/lookup.ts');
      done(await lookupCommand(context, images, options));
    });
}

function addExplain(program: Command, context: CliContext, done: SetExitCode): void {
  const command = program
    .command('explain')
    .description('explain which credentials images get, in which order, and why')
    .argument('[IMAGE...]', IMAGES);
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
    .description('print all static credentials as one config.json');
  addInputs(command)
    .optionsGroup('Output:')
    .addOption(outputOption('json', ['text', 'json']))
    .addOption(showSecretsOption())
    .option('--write <file>', 'write the document, with its secrets, to a file with mode 0600')
    .addHelpText('after', COMMAND_HELP.config)
    .action(async (options: ConfigOptions) => {
      const { configCommand } = await import('../commands/config.ts');
      done(await configCommand(context, options));
    });
}

function addDoctor(program: Command, context: CliContext, done: SetExitCode): void {
  const command = program
    .command('doctor')
    .description('check the credential sources of this machine: files, helpers, clouds, network')
    .argument('[IMAGE...]', 'images to look up, too (default: the images of --pod, if any)');
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

/** It parses its arguments itself: a kubelet starts it without commander. */
function addPlugin(program: Command, context: CliContext, done: SetExitCode): void {
  program
    .command('plugin')
    .description('run as a credential provider of the kubelet, or print its configuration')
    .argument('[ARGUMENTS...]')
    .allowUnknownOption()
    .helpOption(false)
    .action(async () => {
      const { pluginCommand } = await import('../commands/plugin.ts');
      const { createSecretMemory } = await import('../../util/redaction/secret-memory.ts');
      const { argv, stdin, stdout, stderr, system, importModule } = context;
      // The program has seen --verbose, wherever it stands.
      const given = argv.slice(argv.indexOf('plugin') + 1);
      const args = given.filter((one) => one !== '--verbose');
      const streams = { stdin: stdin.chunks, stdout, stderr };
      const secrets = createSecretMemory();
      done(await pluginCommand({ ...streams, system, importModule, secrets, args }));
    });
}

function addCompletion(program: Command, context: CliContext): void {
  program
    .command('completion')
    .description('print the script by which a shell completes commands and options')
    .addArgument(new Argument('<SHELL>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', COMMAND_HELP.completion)
    .action(async (shell: Shell) => {
      const { completionScript } = await import('../completion/scripts.ts');
      const { commandTree } = await import('../completion/command-tree.ts');
      context.stdout.write(completionScript(shell, commandTree(program)));
    });
}

function addSecretCreate(parent: Command, context: CliContext, done: SetExitCode): void {
  parent
    .command('create')
    .description('print the manifest of a pull secret')
    .argument('<NAME>', "the secret's name")
    .option('--server <server>', `the registry (default: ${HUB_SERVER})`)
    .option('--username <name>', 'the user name')
    .option('--password-stdin', 'read the password from standard input')
    .option('--password <password>', 'the password, visible in process lists')
    .option('--email <address>', 'an e-mail address, which registries ignore')
    .option('--from-file <file>', 'a whole config.json, instead of the options above')
    .option(
      '-n, --namespace <namespace>',
      "the secret's namespace; repeatable, or separated by commas",
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
    .description('find problems in pull secrets')
    .argument('<FILE...>', 'YAML or JSON; - is standard input')
    .addOption(outputOption('text', ['text', 'json']))
    .addHelpText('after', COMMAND_HELP.validate)
    .action(async (files: string[], options: SecretValidateOptions) => {
      const { secretValidateCommand } = await import('../commands/secret-validate.ts');
      done(await secretValidateCommand(context, files, options));
    });
}
