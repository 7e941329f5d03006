// The arguments of `docker-keyring plugin`, read without commander: loading that takes longer than all that a plugin does.

import { DEFAULT_NAMES } from '../../providers/catalog.ts';
import { UsageError } from '../usage-error.ts';

/** What `docker-keyring plugin` is asked to do. */
export interface PluginArguments {
  readonly action: 'serve' | 'config' | 'help';
  /** As they were named: `ecr`, `helper:pass`, `module:/etc/provider.ts`. */
  readonly providers: readonly string[];
  readonly cacheDir: string | undefined;
  readonly usesCache: boolean;
  readonly serviceAccountTokens: boolean;
  readonly gcrProject: string | undefined;
  readonly gcrIdentityProvider: string | undefined;
  readonly name: string;
  readonly apiVersion: string;
  readonly matchImages: readonly string[];
  readonly output: 'yaml' | 'json';
}

const FLAGS = new Set(['--no-cache', '--service-account-tokens']);
const LISTS = new Set(['--provider', '--match-image']);
const VALUES = new Set(['--cache-dir', '--gcr-project', '--gcr-identity-provider']);
const CONFIG_VALUES = new Set(['--name', '--api-version', '--match-image', '--output']);
const VERSIONS = ['v1', 'v1beta1', 'v1alpha1'];

type Given = ReadonlyMap<string, readonly string[]>;

/**
 * Reads them.
 *
 * @throws {@link UsageError}
 */
export function parsePluginArguments(args: readonly string[]): PluginArguments {
  const isConfig = args[0] === 'config';
  const rest = isConfig ? args.slice(1) : args;
  const isHelp = rest.some((arg) => arg === '--help' || arg === '-h');
  const given = isHelp ? new Map<string, string[]>() : readOptions(rest, isConfig);
  const one = (name: string): string | undefined => given.get(name)?.[0];
  const cacheDir = one('--cache-dir');
  if (cacheDir !== undefined && given.has('--no-cache')) {
    throw new UsageError('--cache-dir and --no-cache exclude each other');
  }
  return {
    action: isHelp ? 'help' : isConfig ? 'config' : 'serve',
    providers: given.get('--provider') ?? DEFAULT_NAMES,
    cacheDir,
    usesCache: !given.has('--no-cache'),
    serviceAccountTokens: given.has('--service-account-tokens'),
    gcrProject: one('--gcr-project'),
    gcrIdentityProvider: one('--gcr-identity-provider'),
    name: one('--name') ?? 'docker-keyring',
    apiVersion: choice(given, '--api-version', VERSIONS),
    matchImages: given.get('--match-image') ?? [],
    output: choice(given, '--output', ['yaml', 'json']) as 'yaml' | 'json',
  };
}

/** Whether a user's own code is to be run. Arguments that are wrong run nothing. */
export function servesModule(args: readonly string[]): boolean {
  try {
    const { action, providers } = parsePluginArguments(args);
    return action !== 'help' && providers.some((name) => name.startsWith('module:'));
  } catch {
    return false;
  }
}

/** The first is the one that is meant where none is given. */
function choice(given: Given, name: string, choices: readonly string[]): string {
  const value = given.get(name)?.[0] ?? choices[0];
  const chosen = choices.find((one) => one === value);
  if (chosen === undefined) throw new UsageError(`${name} must be one of ${choices.join(', ')}`);
  return chosen;
}

function readOptions(args: readonly string[], isConfig: boolean): Map<string, string[]> {
  const given = new Map<string, string[]>();
  for (let index = 0; index < args.length; index += 1) {
    const [name, attached] = splitOption(args[index] as string);
    if (FLAGS.has(name)) {
      if (attached !== undefined) throw new UsageError(`${name} takes no value`);
      given.set(name, []);
      continue;
    }
    checkName(name, isConfig);
    const value = attached ?? args[(index += 1)];
    if (value === undefined || value === '') throw new UsageError(`${name} needs a value`);
    const before = given.get(name) ?? [];
    if (before.length > 0 && !LISTS.has(name)) throw new UsageError(`${name} is given twice`);
    given.set(name, [...before, value]);
  }
  return given;
}

function splitOption(arg: string): readonly [name: string, value: string | undefined] {
  const at = arg.indexOf('=');
  const [name, value] = at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
  return [name === '-o' ? '--output' : name, value];
}

/** What was mistyped is not quoted, unless it looks like an option's name: it may be a secret. */
function checkName(name: string, isConfig: boolean): void {
  if (CONFIG_VALUES.has(name) && !isConfig) {
    throw new UsageError(`${name} is an option of "plugin config"`);
  }
  if (LISTS.has(name) || VALUES.has(name) || CONFIG_VALUES.has(name)) return;
  const shown = /^--[a-z][a-z-]{0,40}$/.test(name) ? ` ${name}` : '';
  throw new UsageError(
    `unknown option or argument${shown}; docker-keyring plugin --help lists them`,
  );
}
