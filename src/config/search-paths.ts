// Where Docker configuration is looked for, in which order.

import { join, resolve } from 'node:path';
import type { System } from '../system/system.ts';
import type { DockerConfigFormat } from './docker-config.ts';
import { own } from '../util/own.ts';

/**
 * How far the kubelet is followed: `'kubelet'` is bug for bug v1.37; `'extended'` keeps its matching and order and adds
 * what people have on their machines.
 */
export type Semantics = 'kubelet' | 'extended';

/** Which Docker configuration makes the second layer. */
export interface DockerConfigOptions {
  /**
   * Directories in which `config.json`, `.dockercfg` and (in `'extended'`) `auth.json` are looked for.
   *
   * @defaultValue those of the semantics, where there are no `files`
   */
  readonly searchPaths?: readonly string[];
  /** Files; one whose name ends in `dockercfg` has the older flat form. They come before `searchPaths`. */
  readonly files?: readonly string[];
  /**
   * Whether `credsStore` and `credHelpers` count in `'extended'`, or how their helpers are used.
   *
   * @defaultValue `true`
   */
  readonly helpers?: boolean | CredentialHelperOptions;
}

/** How the credential helpers that configuration files name are used. */
export interface CredentialHelperOptions {
  /**
   * How long an answer is kept, in milliseconds; 0 means not at all. The helpers' protocol knows no expiry.
   *
   * @defaultValue 30,000
   */
  readonly cacheDurationMs?: number;
  /**
   * How long a helper may take, in milliseconds; it is killed then.
   *
   * @defaultValue 10,000
   */
  readonly timeoutMs?: number;
}

/** One place where a configuration may be. */
export interface ConfigCandidate {
  /** An absolute path, or `$NAME` for an environment variable that holds the document. */
  readonly path: string;
  readonly format: DockerConfigFormat;
  /** The environment variable that holds the document. */
  readonly variable?: string;
}

/** The part of the outside world that search paths depend on. */
export type SearchSystem = Pick<
  System,
  'env' | 'platform' | 'homeDirectory' | 'workingDirectory' | 'userId'
>;

/** The kubelet's --root-dir, which it searches first (Kubernetes v1.37.2 cmd/kubelet/app/server.go). */
const KUBELET_ROOT = '/var/lib/kubelet';
const CONFIG_JSON = 'config.json';
const DOCKERCFG = '.dockercfg';
const AUTH_JSON = 'auth.json';
/** Docker and GitLab put a whole config.json into it. */
const AUTH_VARIABLE = 'DOCKER_AUTH_CONFIG';

/** The places to look at, first to last, each once. */
export function configCandidates(
  system: SearchSystem,
  options: DockerConfigOptions,
  semantics: Semantics,
): readonly ConfigCandidate[] {
  const isDefault = options.files === undefined && options.searchPaths === undefined;
  const candidates = isDefault
    ? defaultCandidates(system, semantics)
    : namedCandidates(system, options, semantics);
  const distinct = [
    ...new Map(candidates.map((candidate) => [candidate.path, candidate])).values(),
  ];
  if (semantics === 'extended') return distinct;
  // config.go, ReadDockerConfigFile: every config.json comes before every .dockercfg.
  const isLegacy = ({ format }: ConfigCandidate): boolean => format === DOCKERCFG;
  return [...distinct.filter((candidate) => !isLegacy(candidate)), ...distinct.filter(isLegacy)];
}

function defaultCandidates(system: SearchSystem, semantics: Semantics): readonly ConfigCandidate[] {
  return semantics === 'kubelet' ? kubeletDefaults(system) : extendedDefaults(system);
}

function namedCandidates(
  system: SearchSystem,
  { files = [], searchPaths = [] }: DockerConfigOptions,
  semantics: Semantics,
): readonly ConfigCandidate[] {
  const names = [CONFIG_JSON, DOCKERCFG, ...(semantics === 'extended' ? [AUTH_JSON] : [])];
  const searched = searchPaths.flatMap((directory) => names.map((name) => join(directory, name)));
  return [...files, ...searched].map((path) => fileCandidate(system, path));
}

/** config.go, DefaultDockerConfigJSONPaths and DefaultDockercfgPaths. */
function kubeletDefaults(system: SearchSystem): readonly ConfigCandidate[] {
  // Go's os.UserHomeDir is $HOME and nothing else; without it the kubelet's path is a relative one.
  const home = system.env(system.platform === 'win32' ? 'USERPROFILE' : 'HOME') ?? '';
  const jsonDirectories = [KUBELET_ROOT, '', join(home, '.docker'), '/.docker'];
  const legacyDirectories = [KUBELET_ROOT, '', home, '/'];
  return [
    ...jsonDirectories.map((directory) => fileCandidate(system, join(directory, CONFIG_JSON))),
    ...legacyDirectories.map((directory) => fileCandidate(system, join(directory, DOCKERCFG))),
  ];
}

/** Neither the working directory nor `/`: a stray `config.json` there is not a Docker configuration. */
function extendedDefaults(system: SearchSystem): readonly ConfigCandidate[] {
  const dockerDirectory = nonEmpty(system.env('DOCKER_CONFIG')) ?? inHome(system, '.docker');
  const files = [
    below(dockerDirectory, CONFIG_JSON),
    ...podmanFiles(system),
    inHome(system, DOCKERCFG),
  ].filter((path) => path !== undefined);
  return [
    { path: `$${AUTH_VARIABLE}`, format: CONFIG_JSON, variable: AUTH_VARIABLE },
    ...files.map((path) => fileCandidate(system, path)),
  ];
}

/** A path below the home directory; `undefined` where there is no home. */
export function inHome(
  system: Pick<System, 'env' | 'homeDirectory'>,
  ...parts: readonly string[]
): string | undefined {
  const home = nonEmpty(system.env('HOME')) ?? nonEmpty(system.homeDirectory());
  return below(home, ...parts);
}

function below(directory: string | undefined, ...parts: readonly string[]): string | undefined {
  return directory === undefined ? undefined : join(directory, ...parts);
}

/** containers-auth.json(5): REGISTRY_AUTH_FILE is the only file where it is set. */
function podmanFiles(system: SearchSystem): readonly (string | undefined)[] {
  const only = nonEmpty(system.env('REGISTRY_AUTH_FILE'));
  if (only !== undefined) return [only];
  const configDirectory = nonEmpty(system.env('XDG_CONFIG_HOME')) ?? inHome(system, '.config');
  const files = [below(configDirectory, 'containers', AUTH_JSON)];
  const userId = system.userId();
  if (system.platform === 'linux' && userId !== undefined) {
    const runtimeDirectory =
      nonEmpty(system.env('XDG_RUNTIME_DIR'))?.concat('/containers') ?? `/run/containers/${userId}`;
    files.unshift(join(runtimeDirectory, AUTH_JSON));
  }
  return files;
}

function fileCandidate(system: SearchSystem, path: string): ConfigCandidate {
  const format = path.endsWith('dockercfg') ? DOCKERCFG : CONFIG_JSON;
  return own({ path: resolve(system.workingDirectory(), path), format });
}

/** Unset and empty are the same to every tool that reads these variables. */
export function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
