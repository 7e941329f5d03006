// The arguments of `docker-keyring plugin`, read without commander, which takes longer to load than a plugin runs.

import { parseArgs } from 'node:util';
import { DEFAULT_NAMES, namesIn } from '../../providers/catalog.ts';
import { wrap } from '../render/text.ts';
import { UsageError } from '../usage-error.ts';

/** The arguments, with their defaults. */
export interface PluginArguments {
  readonly action: 'serve' | 'config' | 'help';
  /** As they are written: `ecr`, `helper:pass`, `module:/etc/provider.ts`. */
  readonly providers: readonly string[];
  readonly cacheDir: string | undefined;
  readonly usesCache: boolean;
  readonly serviceAccountTokens: boolean;
  readonly gcrProject: string | undefined;
  readonly gcrIdentityProvider: string | undefined;
  readonly verbose: boolean;
  readonly name: string;
  readonly apiVersion: string;
  readonly matchImages: readonly string[];
  readonly output: 'yaml' | 'json';
}

const OPTIONS = {
  provider: { type: 'string', multiple: true },
  'cache-dir': { type: 'string' },
  'no-cache': { type: 'boolean' },
  'service-account-tokens': { type: 'boolean' },
  'gcr-project': { type: 'string' },
  'gcr-identity-provider': { type: 'string' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Of "plugin config" only. */
const CONFIG_OPTIONS = {
  name: { type: 'string' },
  'api-version': { type: 'string' },
  'match-image': { type: 'string', multiple: true },
  output: { type: 'string', short: 'o' },
} as const;

const ALL_OPTIONS = { ...OPTIONS, ...CONFIG_OPTIONS };

interface OptionType {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
}

const TYPES: ReadonlyMap<string, OptionType> = new Map(Object.entries(ALL_OPTIONS));
/** The values that there are; the first is the default. */
const CHOICES = {
  'api-version': ['v1', 'v1beta1', 'v1alpha1'],
  output: ['yaml', 'json'],
} as const;

/** An option, as shells complete it. */
export interface PluginOption {
  /** `-o`, `--output`. */
  readonly names: readonly string[];
  readonly takesValue: boolean;
  readonly choices: readonly string[] | undefined;
  /** Whether it is one of "plugin config" only. */
  readonly isForConfig: boolean;
}

/** All of them. */
export const PLUGIN_OPTIONS: readonly PluginOption[] = Object.entries<OptionType>(ALL_OPTIONS).map(
  ([name, { type, short }]) => ({
    names: [...(short === undefined ? [] : [`-${short}`]), `--${name}`],
    takesValue: type === 'string',
    choices: CHOICES[name as keyof typeof CHOICES],
    isForConfig: name in CONFIG_OPTIONS,
  }),
);

/**
 * Parses the arguments behind `plugin`.
 *
 * @throws {@link UsageError}
 */
export function parsePluginArguments(args: readonly string[]): PluginArguments {
  const isConfig = args[0] === 'config';
  // Not strict: its messages quote arguments, which may be secrets that somebody mistyped.
  const { tokens } = parseArgs({
    args: args.slice(isConfig ? 1 : 0),
    options: ALL_OPTIONS,
    strict: false,
    tokens: true,
  });
  const isHelp = tokens.some((token) => token.kind === 'option' && token.name === 'help');
  const given = isHelp ? new Map<string, string[]>() : valuesOf(tokens, isConfig);
  const one = (name: string): string | undefined => given.get(name)?.[0];
  const cacheDir = one('cache-dir');
  if (cacheDir !== undefined && given.has('no-cache')) {
    throw new UsageError('--cache-dir and --no-cache exclude each other');
  }
  return {
    action: isHelp ? 'help' : isConfig ? 'config' : 'serve',
    providers: given.get('provider') ?? DEFAULT_NAMES,
    cacheDir,
    usesCache: !given.has('no-cache'),
    serviceAccountTokens: given.has('service-account-tokens'),
    gcrProject: one('gcr-project'),
    gcrIdentityProvider: one('gcr-identity-provider'),
    verbose: given.has('verbose'),
    name: one('name') ?? 'docker-keyring',
    apiVersion: choice(given, 'api-version'),
    matchImages: given.get('match-image') ?? [],
    output: choice(given, 'output') as 'yaml' | 'json',
  };
}

/** Whether a user's module is to be run. Wrong arguments run nothing. */
export function servesModule(args: readonly string[]): boolean {
  try {
    const { action, providers } = parsePluginArguments(args);
    return action !== 'help' && providers.some((name) => name.startsWith('module:'));
  } catch {
    return false;
  }
}

type Given = ReadonlyMap<string, readonly string[]>;
type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number];
type OptionToken = Extract<Token, { kind: 'option' }>;

/** The values of each option, checked; a flag has none. */
function valuesOf(tokens: readonly Token[], isConfig: boolean): Map<string, string[]> {
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    const option = token.kind === 'option' ? TYPES.get(token.name) : undefined;
    if (token.kind !== 'option' || option === undefined) throw unknownArgument(token);
    const { name } = token;
    if (name in CONFIG_OPTIONS && !isConfig) {
      throw new UsageError(`--${name} is an option of "plugin config"`);
    }
    const before = given.get(name) ?? [];
    if (before.length > 0 && option.multiple !== true) {
      throw new UsageError(`--${name} is given twice`);
    }
    given.set(name, [...before, ...valueOf(token, option)]);
  }
  return given;
}

function valueOf({ name, rawName, value }: OptionToken, { type }: OptionType): readonly string[] {
  if (type === 'boolean') {
    if (value !== undefined) throw new UsageError(`--${name} takes no value`);
    return [];
  }
  // As kubectl takes it, `-o=json` too.
  const text = rawName === '-o' ? value?.replace(/^=/, '') : value;
  if (text === undefined || text === '') throw new UsageError(`--${name} needs a value`);
  return [text];
}

/** Quotes only what looks like the name of an option: another argument may be a secret. */
function unknownArgument(token: Token): UsageError {
  const name = token.kind === 'option' ? token.rawName : '';
  const shown = /^--[a-z][a-z-]{0,40}$/.test(name) ? ` ${name}` : '';
  return new UsageError(
    `unknown option or argument${shown}; docker-keyring plugin --help lists them`,
  );
}

function choice(given: Given, name: keyof typeof CHOICES): string {
  const choices: readonly string[] = CHOICES[name];
  const value = given.get(name)?.[0] ?? choices[0];
  const chosen = choices.find((one) => one === value);
  if (chosen === undefined) throw new UsageError(`--${name} must be one of ${choices.join(', ')}`);
  return chosen;
}

const HELP_WIDTH = 80;

function providersText(): string {
  const names = namesIn('plugin');
  const all = `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
  return `${all}; repeatable (default: ${DEFAULT_NAMES.join(', ')})`;
}

/** The output of `docker-keyring plugin --help`. */
export const PLUGIN_HELP: string = `Usage: docker-keyring plugin [options]
       docker-keyring plugin config [options]

Runs as an image credential provider of the kubelet: reads one request from
standard input and prints the response. "plugin config" prints the
CredentialProviderConfig with which a kubelet starts this plugin.

Options:
${wrap('  --provider <provider>    ', providersText(), HELP_WIDTH)}  --cache-dir <dir>        the directory of the encrypted token cache
                           (default: ~/.cache/docker-keyring)
  --no-cache               cache no tokens: ask the cloud at each start
  --service-account-tokens
                           use the pod's service account where the provider can
  --gcr-project <id>       for gcr with service accounts: the cluster's project
  --gcr-identity-provider <url>
                           for gcr with service accounts: the cluster's issuer
  --verbose                print diagnostics to standard error
  -h, --help               print help

Options of "plugin config":
  --name <name>            the file name of the program in the kubelet's
                           --image-credential-provider-bin-dir
                           (default: docker-keyring)
  --api-version <version>  v1, v1beta1 or v1alpha1 (default: v1)
  --match-image <pattern>  the images to ask for, instead of the providers' own
                           patterns; repeatable. With helper:NAME or a
                           credsStore, list registries that have a port here
  -o, --output <format>    yaml or json (default: yaml)

Examples:
  docker-keyring plugin --provider ecr < request.json
  docker-keyring plugin config --provider ecr > credential-providers.yaml
  docker-keyring plugin config --provider module:/etc/docker-keyring/vault.mjs

Exit codes:
  0  a response was printed, which may be without credentials
  1  a failure; standard error has the reason
  2  wrong usage
`;
