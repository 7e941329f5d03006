// What lives here: Docker configuration documents (config.json, .dockercfg, auth.json): their meaning, where they are
// searched, reading and writing them. To add a field: readEntry or readDocument here, with the tool that writes it named.
// Must not be imported here: keyring/ and what is below it; only node-config.ts and write-docker-config.ts do I/O.

import { readEntry, type ConfigEntry } from './config-entry.ts';
import {
  mismatch,
  placeProblemList,
  readStringOrNull,
  type DecodeOptions,
  type Decoding,
  type DocumentProblem,
  type ProblemList,
} from './decoding.ts';
import { foldName } from '../go/fold-name.ts';
import { JsonSyntaxError } from '../go/json-error.ts';
import { expectEnd, jsonReader, nextKind, readObject, skipValue } from '../go/json.ts';
import { own } from '../util/own.ts';

/** The two forms of a document: entries under `auths`, or the older flat one. */
export type DockerConfigFormat = 'config.json' | '.dockercfg';

/** What a document says, as far as it can be read. */
export interface DecodedConfig {
  readonly entries: readonly ConfigEntry[];
  readonly credsStore?: string;
  readonly credHelpers: ReadonlyMap<string, string>;
  readonly problems: readonly DocumentProblem[];
  /** Whether nothing could be read: it is not JSON, or not an object. */
  readonly fatal: boolean;
  /** Whether there is no entry under `auths`, and there are some beside it, as in a .dockercfg. */
  readonly lacksAuths: boolean;
}

interface DocumentDecoding extends Decoding {
  problems: ProblemList;
  readonly entries: Map<string, ConfigEntry>;
  readonly credHelpers: Map<string, string>;
  credsStore?: string;
}

/**
 * Reads a Docker configuration with the meaning that Go's encoding/json gives it in the kubelet (Kubernetes v1.37.2
 * `pkg/credentialprovider/config.go`), and notes every problem instead of stopping at the first.
 *
 * The kubelet takes the document if no problem is `strict`. A duplicate entry replaces the earlier one whole; a second
 * `auths` adds to the first.
 */
export function decodeDockerConfig(
  bytes: Uint8Array,
  format: DockerConfigFormat,
  options: DecodeOptions,
): DecodedConfig {
  const decoding = decodingOf(bytes, options);
  const fatal = !readWhole(decoding, format);
  const { credHelpers, credsStore } = decoding;
  const problems = placeProblemList(bytes, decoding.problems);
  const entries = fatal ? [] : [...decoding.entries.values()];
  const mayLackAuths = format === 'config.json' && !fatal && entries.length === 0;
  return own({
    entries,
    credHelpers,
    problems,
    fatal,
    lacksAuths: mayLackAuths && hasFlatEntries(bytes, options),
    ...(credsStore === undefined ? {} : { credsStore }),
  });
}

function decodingOf(bytes: Uint8Array, options: DecodeOptions): DocumentDecoding {
  return own({
    reader: jsonReader(bytes),
    options,
    entries: new Map(),
    credHelpers: new Map(),
    problems: { listed: [], count: 0 },
  });
}

function hasFlatEntries(bytes: Uint8Array, options: DecodeOptions): boolean {
  const decoding = decodingOf(bytes, options);
  readWhole(decoding, '.dockercfg');
  return [...decoding.entries.values()].some(
    ({ username, password }) => username !== '' || password !== '',
  );
}

/** Whether a document holds nothing: no problem to docker and its like, and no JSON to the kubelet. */
export function isBlankDocument(bytes: Uint8Array): boolean {
  return bytes.every((byte) => JSON_SPACE.has(byte));
}

const JSON_SPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

function readWhole(decoding: DocumentDecoding, format: DockerConfigFormat): boolean {
  const { reader } = decoding;
  try {
    const kind = nextKind(reader);
    if (kind === 'object') {
      if (format === '.dockercfg') readEntries(decoding);
      else readObject(reader, (name) => readDocumentMember(decoding, name));
    } else {
      mismatch(decoding, kind === 'null', {
        reason: 'the document must be a JSON object',
        strict: true,
      });
    }
    expectEnd(reader);
    return kind === 'object' || kind === 'null';
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const { offset, reason } = error.problem;
    decoding.problems = { listed: [{ reason, offset, strict: true }], count: 1 };
    return false;
  }
}

function readDocumentMember(decoding: DocumentDecoding, name: string): void {
  const kind = nextKind(decoding.reader);
  switch (foldName(name)) {
    case 'auths':
      if (kind === 'object') readEntries(decoding);
      else {
        // Null sets Go's map to nil: what an earlier "auths" held is gone.
        if (kind === 'null') decoding.entries.clear();
        mismatch(decoding, kind === 'null', { reason: '"auths" must be an object', strict: true });
      }
      break;
    case 'httpheaders':
      readStrings(decoding, { field: 'HttpHeaders', strict: true, onString: () => {} });
      break;
    case 'credhelpers':
      readStrings(decoding, {
        field: 'credHelpers',
        strict: false,
        onString: (registry, helper) => decoding.credHelpers.set(registry, helper),
      });
      break;
    case 'credsstore': {
      const store = readStringOrNull(decoding, {
        reason: '"credsStore" must be a string',
        strict: false,
      });
      if (store !== undefined) decoding.credsStore = store;
      break;
    }
    default:
      skipValue(decoding.reader);
  }
}

interface StringsField {
  readonly field: string;
  readonly strict: boolean;
  readonly onString: (name: string, value: string) => void;
}

function readStrings(decoding: DocumentDecoding, { field, strict, onString }: StringsField): void {
  const kind = nextKind(decoding.reader);
  if (kind !== 'object') {
    mismatch(decoding, kind === 'null', { reason: `"${field}" must be an object`, strict });
    return;
  }
  readObject(decoding.reader, (name) => {
    const reason = `the values of "${field}" must be strings`;
    const value = readStringOrNull(decoding, { reason, strict });
    if (value !== undefined) onString(name, value);
  });
}

function readEntries(decoding: DocumentDecoding): void {
  readObject(decoding.reader, (rawKey, offset) => {
    const entry = readEntry(decoding, rawKey, offset);
    if (entry !== undefined) decoding.entries.set(rawKey, entry);
  });
}
