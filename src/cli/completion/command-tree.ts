// The commands with their options, as shells complete them: read from the commander program.

import type { Argument, Command, Option } from 'commander';
import { PLUGIN_OPTIONS } from '../inputs/plugin-arguments.ts';

/** What may follow an option: one of these words, a file, or what nobody can guess. */
export type CompletedValue = readonly string[] | 'file' | 'other';

/** An option with its names: `-o`, `--output`. */
export interface CompletedOption {
  readonly names: readonly string[];
  readonly description: string;
  /** `undefined` for a flag. */
  readonly value: CompletedValue | undefined;
}

/** A command, and what may follow it. */
export interface CompletedCommand {
  /** `''` for the program, `/secret/create` for a command of a command. */
  readonly path: string;
  /** And the words that its argument can be. */
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly CompletedOption[];
  /** Of its arguments. */
  readonly isForFiles: boolean;
}

/** All of them, the program first. */
export function commandTree(program: Command): readonly CompletedCommand[] {
  return commandsBelow(program, '', []);
}

function commandsBelow(
  command: Command,
  path: string,
  outer: readonly CompletedOption[],
): readonly CompletedCommand[] {
  const help = command.createHelp();
  const options = [...help.visibleOptions(command).map(completedOption), ...outer];
  const commands = help.visibleCommands(command);
  const own = {
    path,
    commands: [
      ...commands.map((one) => ({ name: one.name(), description: one.description() })),
      ...wordsOf(command.registeredArguments),
    ],
    options,
    isForFiles: command.registeredArguments[0]?.name() === 'FILE',
  };
  if (path === '/plugin') return pluginCommands(own);
  const globals = path === '' ? options.filter(({ names }) => !names.includes('--version')) : outer;
  return [
    own,
    ...commands.flatMap((one) => commandsBelow(one, `${path}/${one.name()}`, withoutHelp(globals))),
  ];
}

/** Every command has its own. */
function withoutHelp(options: readonly CompletedOption[]): readonly CompletedOption[] {
  return options.filter(({ names }) => !names.includes('--help'));
}

function completedOption(option: Option): CompletedOption {
  const isFlag = !option.required && !option.optional;
  return {
    names: [option.short, option.long].filter((name) => name !== undefined),
    description: option.description,
    value: isFlag ? undefined : (option.argChoices ?? valueNamed(option.flags)),
  };
}

/** The words that an argument can be. */
function wordsOf([first]: readonly Argument[]): CompletedCommand['commands'] {
  return (first?.argChoices ?? []).map((name) => ({ name, description: '' }));
}

function valueNamed(flags: string): CompletedValue {
  return /<(?:file|path|dir)>/.test(flags) ? 'file' : 'other';
}

function valueAfter(names: readonly string[]): CompletedValue {
  return names.includes('--cache-dir') ? 'file' : 'other';
}

const pluginOptions = (isConfig: boolean): readonly CompletedOption[] =>
  PLUGIN_OPTIONS.filter((one) => isConfig || !one.isForConfig).map(
    ({ names, takesValue, choices }) => ({
      names,
      description: '',
      value: takesValue ? (choices ?? valueAfter(names)) : undefined,
    }),
  );

/** It parses its arguments itself. */
function pluginCommands(own: CompletedCommand): readonly CompletedCommand[] {
  const description = 'print the configuration with which a kubelet starts this plugin';
  return [
    { ...own, commands: [{ name: 'config', description }], options: pluginOptions(false) },
    { ...own, path: '/plugin/config', commands: [], options: pluginOptions(true) },
  ];
}
