// The node's Docker configuration: all files of the search paths, read and kept up to date.

import { ConfigError } from '../errors.ts';
import { createSharedLook, versionOf } from '../system/files/shared-look.ts';
import type { System } from '../system/system.ts';
import { decodeDockerConfig, isBlankDocument, type DecodedConfig } from './docker-config.ts';
import { nonEmpty, type ConfigCandidate, type Semantics } from './search-paths.ts';

/** A document larger than this is refused (Kubernetes v1.37.2 config.go reads as much from a URL, maxReadLength). */
const MAX_DOCUMENT_BYTES = 10 * 1024 * 1024;

/** What became of one place in the search path. */
type ConfigFileStatus =
  /** Its entries count. */
  | 'used'
  /** It cannot be read or parsed now; what it last held counts. */
  | 'kept'
  | 'missing'
  /** It cannot be read or parsed, and nothing of it counts. */
  | 'malformed'
  /** An earlier file was valid, and the kubelet reads only one. */
  | 'not-consulted';

/** One place in the search path, and what is known of it. */
export interface ConfigFile {
  readonly candidate: ConfigCandidate;
  readonly status: ConfigFileStatus;
  /** What counts of it. */
  readonly config: DecodedConfig | undefined;
  readonly problems: readonly ConfigError[];
}

/** The state of all files at one moment. The same object as long as nothing changes. */
export interface NodeConfig {
  readonly files: readonly ConfigFile[];
}

/** What became of a file whose entries, as it is now, do not count, as a phrase. */
export function fileStatusMessage(
  { variable }: ConfigCandidate,
  status: Exclude<ConfigFileStatus, 'used'>,
): string {
  if (status !== 'missing') return MESSAGES[status];
  return variable === undefined ? 'there is no such file' : 'the variable is not set';
}

const MESSAGES = {
  malformed: 'it cannot be used, and nothing of it counts',
  kept: 'it cannot be used now; what it last held still counts',
  'not-consulted': 'an earlier file is valid, and the kubelet reads only one',
} as const;

/** What a reader needs. */
export interface NodeConfigOptions {
  readonly system: Pick<System, 'env' | 'stat' | 'readFile' | 'monotonicMs'>;
  readonly candidates: readonly ConfigCandidate[];
  readonly semantics: Semantics;
  /** Is told of each problem once, when it appears. */
  readonly onProblem: (problem: ConfigError) => void;
}

/** Reads the node's configuration. */
export interface NodeConfigReader {
  /** The state, where a look at the files is less than a second old. */
  fresh(): NodeConfig | undefined;
  /** The state after a look at the files. Concurrent callers share one look. */
  refresh(): Promise<NodeConfig>;
}

const NO_ENTRIES = Buffer.from('{}');

interface Loaded {
  readonly file: ConfigFile;
  /** What tells a change: a file's stamp, or a variable's text; `undefined` where nothing could be read. */
  readonly version: string | undefined;
}

/** Makes a reader; does no I/O yet. */
export function createNodeConfigReader(options: NodeConfigOptions): NodeConfigReader {
  const { system, candidates, semantics, onProblem } = options;
  let loaded: readonly Loaded[] = [];
  let current: NodeConfig | undefined;
  const shared = createSharedLook(system, look);

  async function look(): Promise<void> {
    const before = loaded;
    loaded = await Promise.all(
      candidates.map((candidate, index) => load(options, candidate, before[index])),
    );
    const isSame = loaded.every((one, index) => one === before[index]);
    if (current !== undefined && isSame) return;
    const files = loaded.map(({ file }) => file);
    const state = { files: semantics === 'kubelet' ? firstValidWins(files) : files };
    reportNewProblems(current, state, onProblem);
    current = state;
  }

  return {
    fresh: () => (shared.isFresh() ? current : undefined),
    async refresh() {
      await shared.look();
      return current as NodeConfig;
    },
  };
}

/** Gives back the very same object when nothing changed. */
async function load(
  options: NodeConfigOptions,
  candidate: ConfigCandidate,
  before: Loaded | undefined,
): Promise<Loaded> {
  try {
    const version = await currentVersion(options.system, candidate);
    if (version === undefined) return missing(candidate, before);
    if (version === before?.version) return before;
    const content = await readContent(options.system, candidate);
    if (content === undefined) return missing(candidate, before);
    return { version: content.version, file: decode(options, candidate, content.bytes, before) };
  } catch (error) {
    const file = unreadable(options, candidate, error, before);
    return before !== undefined && file === before.file ? before : { version: undefined, file };
  }
}

async function currentVersion(
  system: NodeConfigOptions['system'],
  { path, variable }: ConfigCandidate,
): Promise<string | undefined> {
  if (variable !== undefined) return nonEmpty(system.env(variable));
  const stamp = await system.stat(path);
  return stamp === undefined ? undefined : versionOf(stamp);
}

interface Content {
  readonly bytes: Uint8Array;
  readonly version: string;
}

async function readContent(
  system: NodeConfigOptions['system'],
  { path, variable }: ConfigCandidate,
): Promise<Content | undefined> {
  if (variable !== undefined) {
    const text = nonEmpty(system.env(variable));
    return text === undefined ? undefined : { bytes: Buffer.from(text), version: text };
  }
  const content = await system.readFile(path, { maxBytes: MAX_DOCUMENT_BYTES });
  return content === undefined
    ? undefined
    : { bytes: content.bytes, version: versionOf(content.stamp) };
}

function missing(candidate: ConfigCandidate, before: Loaded | undefined): Loaded {
  if (before?.file.status === 'missing') return before;
  const file: ConfigFile = { candidate, status: 'missing', config: undefined, problems: [] };
  return { version: undefined, file };
}

function decode(
  { semantics }: NodeConfigOptions,
  candidate: ConfigCandidate,
  bytes: Uint8Array,
  before: Loaded | undefined,
): ConfigFile {
  const { path, format } = candidate;
  // docker/cli config/configfile/file.go, LoadFromReader: io.EOF is no error.
  const isEmpty = semantics === 'extended' && isBlankDocument(bytes);
  const config = decodeDockerConfig(isEmpty ? NO_ENTRIES : bytes, format, {
    tokens: semantics === 'extended',
  });
  const problems = config.problems.map((problem) => new ConfigError({ ...problem, path }));
  const isValid =
    semantics === 'kubelet' ? !config.problems.some(({ strict }) => strict) : !config.fatal;
  if (isValid) return { candidate, status: 'used', config, problems };
  return fallBack(semantics, candidate, problems, before);
}

function unreadable(
  { semantics }: NodeConfigOptions,
  candidate: ConfigCandidate,
  error: unknown,
  before: Loaded | undefined,
): ConfigFile {
  const { path } = candidate;
  const problem = new ConfigError({ path, reason: unreadableReason(error) }, { cause: error });
  // The same failure again is no news, and must not make the index be built anew each second.
  const present = before?.file;
  if (present?.problems[0]?.message === problem.message) return present;
  return fallBack(semantics, candidate, [problem], before);
}

/** While a file is half written, what it last held counts; a kubelet that started now would know nothing of that. */
function fallBack(
  semantics: Semantics,
  candidate: ConfigCandidate,
  problems: readonly ConfigError[],
  before: Loaded | undefined,
): ConfigFile {
  const config = semantics === 'extended' ? before?.file.config : undefined;
  const status = config === undefined ? 'malformed' : 'kept';
  return { candidate, status, config, problems };
}

function unreadableReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === 'EACCES' || code === 'EPERM') return `no permission to read it (${code})`;
  const detail = error instanceof Error ? error.message : String(error);
  return code === undefined ? `cannot be read: ${detail}` : `cannot be read (${code})`;
}

/** config.go, ReadDockerConfigJSONFile: the first file that is valid ends the search. */
function firstValidWins(files: readonly ConfigFile[]): readonly ConfigFile[] {
  const winner = files.findIndex(({ status }) => status === 'used');
  if (winner < 0) return files;
  const rest = files.slice(winner + 1).map(({ candidate, status }): ConfigFile => ({
    candidate,
    status: status === 'missing' ? 'missing' : 'not-consulted',
    config: undefined,
    problems: [],
  }));
  return [...files.slice(0, winner + 1), ...rest];
}

function reportNewProblems(
  before: NodeConfig | undefined,
  after: NodeConfig,
  onProblem: (problem: ConfigError) => void,
): void {
  const known = new Set(before?.files.flatMap(({ problems }) => problems));
  for (const problem of after.files.flatMap(({ problems }) => problems)) {
    if (!known.has(problem)) onProblem(problem);
  }
}
