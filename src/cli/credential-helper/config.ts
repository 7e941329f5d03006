// The configuration of docker-credential-keyring: where credentials come from, and where logins are stored.

import { isAbsolute, join, resolve } from 'node:path';
import { placeProblems, type ProblemAt } from '../../config/decoding.ts';
import type { JsonSyntaxError } from '../../go/json-error.ts';
import { expectEnd, jsonReader, nextKind, readObject, skipValue } from '../../go/json.ts';
import { inHome, nonEmpty } from '../../config/search-paths.ts';
import { ConfigError } from '../../errors.ts';
import { DEFAULT_NAMES } from '../../providers/catalog.ts';
import type { System } from '../../system/system.ts';
import { own } from '../../util/own.ts';
import { CONFIG_MEMBERS, type ConfigDocument } from './config-members.ts';

export type HelperConfigSystem = Pick<
  System,
  'env' | 'homeDirectory' | 'readFile' | 'workingDirectory'
>;

/** The configuration with its defaults. All paths are absolute. */
export interface HelperConfig {
  /** The configuration file, which need not exist; `''` without a home directory. */
  readonly path: string;
  /** `ecr`, `gcr`, `acr`, `environment`, `helper:NAME` or `exec:CONFIG,BINDIR`. */
  readonly providers: readonly string[];
  readonly dockerConfig: readonly string[];
  /** Where logins are stored; `undefined` for nowhere. */
  readonly store: { readonly file: string } | { readonly helper: string } | undefined;
  /** Whether answers of providers are cached between starts. */
  readonly cache: boolean;
}

const CONFIG_VARIABLE = 'DOCKER_KEYRING_HELPER_CONFIG';
const MAX_BYTES = 1024 * 1024;

/**
 * Reads the configuration. The default file may be missing; a file that the environment names must exist.
 *
 * @throws {@link ConfigError} with line and column.
 */
export async function readHelperConfig(system: HelperConfigSystem): Promise<HelperConfig> {
  const named = nonEmpty(system.env(CONFIG_VARIABLE));
  const path =
    named === undefined ? defaultPath(system) : resolve(system.workingDirectory(), named);
  const document = path === '' ? undefined : await readDocument(system, path);
  if (document === undefined && named !== undefined) {
    throw new ConfigError({
      path,
      reason: `${CONFIG_VARIABLE} names it, and there is no such file`,
    });
  }
  const {
    providers = DEFAULT_NAMES,
    dockerConfig = [],
    store = 'file',
    cache = true,
  } = own(document ?? {});
  const atHome = (text: string): string => fromFile(system, path, text);
  return {
    path,
    providers: providers.map((one) => withPaths(one, atHome)),
    dockerConfig: dockerConfig.map(atHome),
    store: storeOf(system, store, atHome),
    cache,
  };
}

function defaultPath(system: HelperConfigSystem): string {
  const directory = absolute(system.env('XDG_CONFIG_HOME')) ?? inHome(system, '.config');
  return directory === undefined ? '' : join(directory, 'docker-keyring', 'helper.json');
}

function storeOf(
  system: HelperConfigSystem,
  store: string,
  atHome: (path: string) => string,
): HelperConfig['store'] {
  if (store === 'none') return undefined;
  if (store.startsWith('helper:')) return { helper: store.slice('helper:'.length) };
  if (store.startsWith('file:')) return { file: atHome(store.slice('file:'.length)) };
  const directory = absolute(system.env('XDG_DATA_HOME')) ?? inHome(system, '.local', 'share');
  return directory === undefined
    ? undefined
    : { file: join(directory, 'docker-keyring', 'credentials.json') };
}

/** The XDG Base Directory Specification 0.8: relative paths are ignored. */
function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

/** A path in the file: `~/` is the home directory; other paths are relative to the file's directory. */
function fromFile(system: HelperConfigSystem, file: string, path: string): string {
  if (!path.startsWith('~/')) return resolve(file, '..', path);
  const found = inHome(system, path.slice(2));
  if (found !== undefined) return found;
  throw new ConfigError({
    path: file,
    reason: 'it names a path below ~, and there is no home directory',
  });
}

function withPaths(provider: string, atHome: (path: string) => string): string {
  const paths = /^exec:([^,]*),(.*)$/s.exec(provider);
  return paths === null ? provider : `exec:${paths.slice(1).map(atHome).join(',')}`;
}

async function readDocument(
  system: HelperConfigSystem,
  path: string,
): Promise<ConfigDocument | undefined> {
  const content = await system.readFile(path, { maxBytes: MAX_BYTES }).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ConfigError(
      { path, reason: `it cannot be read: ${code ?? message}` },
      { cause: error },
    );
  });
  if (content === undefined) return undefined;
  const [problem] = placeProblems(content.bytes, problemsOf(content.bytes));
  if (problem !== undefined) throw new ConfigError({ path, ...problem });
  return JSON.parse(new TextDecoder().decode(content.bytes)) as ConfigDocument;
}

/** The first problem, if any. */
function problemsOf(bytes: Uint8Array): ProblemAt[] {
  const reader = jsonReader(bytes);
  const problems: ProblemAt[] = [];
  const seen = new Set<string>();
  try {
    if (nextKind(reader) !== 'object') return [at(0, 'it must be a JSON object')];
    readObject(reader, (name, offset) => {
      nextKind(reader);
      const start = reader.offset;
      skipValue(reader);
      const reason = seen.has(name)
        ? `the member ${JSON.stringify(name)} is there twice`
        : memberProblem(name, bytes.subarray(start, reader.offset));
      seen.add(name);
      if (reason !== undefined) problems.push(at(offset, reason));
    });
    expectEnd(reader);
    return problems.slice(0, 1);
  } catch (error) {
    const { offset, reason } = (error as JsonSyntaxError).problem;
    return [at(offset, reason)];
  }
}

function at(offset: number, reason: string): ProblemAt {
  return { offset, reason, strict: true };
}

function memberProblem(name: string, value: Uint8Array): string | undefined {
  const check = Object.hasOwn(CONFIG_MEMBERS, name) ? CONFIG_MEMBERS[name] : undefined;
  if (check === undefined) {
    const known = Object.keys(CONFIG_MEMBERS).join(', ');
    return `the member ${JSON.stringify(name)} is unknown; use ${known}`;
  }
  const problem = check(JSON.parse(new TextDecoder().decode(value)));
  return problem === undefined ? undefined : `${name} ${problem}`;
}
