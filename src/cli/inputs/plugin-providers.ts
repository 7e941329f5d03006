// What `docker-keyring plugin --provider` names: rows of the catalog, files and modules. Each is loaded when it is named,
// since a plugin starts for each image.

import { posix } from 'node:path';
import type { DockerKeyring } from '../../create-keyring/docker-keyring.ts';
import {
  findRow,
  namesIn,
  type CatalogRow,
  type Making,
  type Named,
  type PluginSourceRow,
} from '../../providers/catalog.ts';
import { isKeyring, isProvider, isProviderSet } from '../../providers/check-provider.ts';
import type { ServiceAccountTokenAttributes } from '../../providers/contract.ts';
import { reasonOf } from '../../providers/asking/failure-of.ts';
import { isError } from '../../util/is-error.ts';
import type { Servable } from '../../serve/plugin/plugin-options.ts';
import type { System } from '../../system/system.ts';
import { firstRepeated } from '../../util/text/first-repeated.ts';
import type { PluginArguments } from './plugin-arguments.ts';
import { UsageError } from '../usage-error.ts';
import { has } from '../../util/own.ts';

/** What making them needs. */
export interface ProviderMaking {
  readonly system: System;
  /** Loads a module by its URL, as `import()`. */
  readonly importModule: (url: string) => Promise<unknown>;
}

/** One that was named. */
export interface NamedSource {
  /** What identifies it: with a file, by its absolute path. */
  readonly name: string;
  readonly served: Servable;
  /** Whether its answers cost so much that they are kept between starts. */
  readonly isCached: boolean;
  /** Whether it is asked for each image: the kubelet's patterns cannot say "every registry, whatever its port". */
  readonly isForEvery: boolean;
}

/**
 * Makes them all, in the order in which they are named.
 *
 * @throws {@link UsageError} for one that there is not, that is named twice, or whose options are wrong.
 */
export async function makePluginSources(
  making: ProviderMaking,
  args: PluginArguments,
): Promise<readonly NamedSource[]> {
  const repeated = firstRepeated(args.providers);
  if (repeated !== undefined) throw new UsageError(`--provider names ${repeated} twice`);
  checkGcrOptions(args);
  return Promise.all(args.providers.map((name) => makeSource(name, making, args)));
}

async function makeSource(
  text: string,
  making: ProviderMaking,
  args: PluginArguments,
): Promise<NamedSource> {
  const { row, argument } = readName(text, making.system);
  try {
    const served =
      row.make === undefined
        ? await SOURCES[row.name](argument, making)
        : await row.make({ system: making.system, ...serviceAccountsOf(args) }, argument);
    return {
      name: row.argument === undefined ? row.name : `${row.name}:${argument}`,
      served,
      isCached: row.isCached,
      isForEvery: row.images === 'every registry',
    };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}

/** What a plugin serves besides providers. */
const SOURCES: Readonly<
  Record<PluginSourceRow['name'], (path: string, making: ProviderMaking) => Promise<Servable>>
> = { config: openConfig, module: loadModule };

function readName(text: string, system: System): Named<CatalogRow> {
  const found = findRow(text, 'plugin');
  if (found === undefined || (found.row.argument !== undefined && found.argument === '')) {
    const known = namesIn('plugin').join(', ');
    throw new UsageError(`there is no provider ${JSON.stringify(text)}; there are ${known}`);
  }
  const { row, argument } = found;
  return row.argument === 'FILE' ? { row, argument: absolute(argument, system) } : found;
}

function serviceAccountsOf({
  serviceAccountTokens,
  gcrProject: projectId,
  gcrIdentityProvider: identityProvider,
}: PluginArguments): Pick<Making, 'serviceAccounts'> {
  if (!serviceAccountTokens) return {};
  const isForGcr = projectId !== undefined && identityProvider !== undefined;
  return { serviceAccounts: { gcr: isForGcr ? { projectId, identityProvider } : undefined } };
}

function absolute(path: string, system: Pick<System, 'workingDirectory' | 'platform'>): string {
  const isAbsolute = path.startsWith('/') || (system.platform === 'win32' && /^[a-z]:/i.test(path));
  return isAbsolute ? path : posix.join(system.workingDirectory(), path);
}

function checkGcrOptions({ gcrProject, gcrIdentityProvider, ...args }: PluginArguments): void {
  if ((gcrProject === undefined) !== (gcrIdentityProvider === undefined)) {
    throw new UsageError('--gcr-project and --gcr-identity-provider belong together');
  }
  const isUsed = args.serviceAccountTokens && args.providers.includes('gcr');
  if (gcrProject !== undefined && !isUsed) {
    throw new UsageError('--gcr-project is for --provider gcr with --service-account-tokens');
  }
}

async function openConfig(path: string, { system }: ProviderMaking): Promise<Servable> {
  // A keyring goes on without a file that is not there; a plugin that was told to serve it must say so.
  const stamp = await system.stat(path);
  if (stamp === undefined) throw new Error(`config: there is no file ${path}`);
  const { createKeyring } = await import('../../create-keyring/create-keyring.ts');
  const problems: Error[] = [];
  const keyring = createKeyring({
    dockerConfig: { files: [path] },
    providers: [],
    onProblem: (problem) => void problems.push(problem),
    system,
  });
  const served: Pick<DockerKeyring, 'lookup'> = {
    async lookup(image, context) {
      const credentials = await keyring.lookup(image, context);
      const [problem] = problems;
      if (credentials.length === 0 && problem !== undefined) throw problem;
      return credentials;
    },
  };
  return served;
}

async function loadModule(path: string, { importModule: load }: ProviderMaking): Promise<Servable> {
  let served: unknown;
  try {
    const module = await load(fileUrl(path));
    const exported = (Object(module) as { readonly default?: unknown }).default;
    served = typeof exported === 'function' ? await exported() : exported;
  } catch (error) {
    throw moduleFailure(path, error);
  }
  if (isServable(served)) return served;
  throw new UsageError(
    `the default export of ${path} must be a provider ({ name, matchImages, provide }), or a function that gives one`,
  );
}

function isServable(served: unknown): served is Servable {
  return isKeyring(served) || isProviderSet(served) || isProvider(served);
}

/** A path as a URL; node:url would do, and loads more. */
function fileUrl(path: string): string {
  const slashed = path.replaceAll('\\', '/').replace(/^(?!\/)/, '/');
  return `file://${slashed.split('/').map(encodeURIComponent).join('/')}`;
}

/** How Node says that it cannot run TypeScript: it can from 22.18 and 23.6 on, outside of node_modules. */
const NO_TYPESCRIPT = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
  'ERR_NO_TYPESCRIPT',
]);

function moduleFailure(path: string, error: unknown): Error {
  const { code } = Object(error) as Record<string, unknown>;
  if (NO_TYPESCRIPT.has(String(code)) && /\.[cm]?ts$/.test(path)) {
    return new Error(
      `this Node.js cannot run ${path}: TypeScript needs 22.18, 23.6 or later, and a place outside of node_modules; ` +
        'compile it to JavaScript otherwise',
      { cause: error },
    );
  }
  const missing = missingPackage(code, error);
  if (missing !== undefined) {
    return new Error(
      `${path} could not be loaded: it imports the package '${missing}', which is not installed beside it; ` +
        'install it in a node_modules folder there, or bundle the module into one file',
      { cause: error },
    );
  }
  const isSyntax = isError(error) && error.name === 'SyntaxError';
  const hint = isSyntax ? `; "node ${path}" shows it` : '';
  return new Error(`${path} could not be loaded: ${reasonOf(error)}${hint}`, { cause: error });
}

/** Node names it in its message only: for `import` and for `require()`. */
function missingPackage(code: unknown, error: unknown): string | undefined {
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return undefined;
  return /^Cannot find (?:package|module) '([^'./][^']*)'/.exec((error as Error).message)?.[1];
}

/** Why a source has nothing for any image, where that is known before it is asked. */
export function idleReason({ name, served }: NamedSource): string | undefined {
  const reason = has(served, 'matchImages') ? served.skipReason?.() : undefined;
  return reason === undefined ? undefined : `${name}: ${reason} where this program runs`;
}

/** The attributes of a source, where it works with service accounts' tokens. */
export function attributesOf({ served }: NamedSource): ServiceAccountTokenAttributes | undefined {
  return has(served, 'provide') ? served.tokenAttributes : undefined;
}
