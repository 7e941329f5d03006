// What lives here: the keyring itself: registry keys, matching, the index that finds matches, and how they are explained.
// To change a rule: find its Go line in the comment, change it here and let test/conformance/ judge.
// Must not be imported here: providers/, kubernetes/ and what is below them. This room is pure.

import { isGlob } from '../go/glob.ts';
import { fromByteString, parseSchemeless, toByteString, type GoUrl } from '../go/url.ts';

/** A registry entry's name, as the kubelet's keyring keeps and matches it. Texts are byte strings, see go-url.ts. */
export interface RegistryKey {
  /** Host, port and path: what entries are collected under and sorted by. */
  readonly key: string;
  /** What images are matched against; `undefined` when it cannot be parsed again and so never matches. */
  readonly pattern: RegistryPattern | undefined;
}

/** A key, ready to be matched. */
export interface RegistryPattern {
  readonly host: string;
  readonly port: string;
  readonly path: string;
  /** Whether a label of the host is a glob. */
  readonly isGlob: boolean;
}

/** Names that net/url would give back unchanged: host with globs, port, path. Nearly all are like this. */
const PLAIN_NAME = /^(?:https?:\/\/)?([A-Za-z0-9._*-]+)(?::([0-9]+))?(\/[A-Za-z0-9._/-]*)?$/;

/**
 * Normalises a registry entry's name as the kubelet does when it adds it to its keyring, and parses it a second time as
 * the kubelet does at lookup (Kubernetes v1.37.2 `pkg/credentialprovider/keyring.go`, Add and Lookup).
 *
 * @returns `undefined` where the kubelet ignores the entry, because Go cannot parse its name as a URL.
 */
export function registryKey(rawKey: string): RegistryKey | undefined {
  const plain = PLAIN_NAME.exec(rawKey);
  if (plain !== null) return plainKey(plain);

  const name = toByteString(rawKey);
  const url = parseSchemeless(withoutScheme(name));
  if (url === undefined) return undefined;
  const key = url.host + withoutVersion(url.path);
  return { key, pattern: registryPattern(key) };
}

/** What net/url would not give back: escapes, the beginnings of query and fragment, what is not printable ASCII. */
const NEEDS_ESCAPE = /[%?#]|[^!-~]/g;

/** A name of which {@link registryKey} makes this very key, for documents that are to be written. */
export function entryName(key: string): string {
  const escaped = key.replaceAll(
    NEEDS_ESCAPE,
    (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  // What would be stripped from the name is written twice.
  return escaped.replace(/^([^/]*)(\/v[12]\/)/, '$1/v1$2').replace(/^https?:\/\//, 'https://$&');
}

/** Parses a key or a `matchImages` entry for matching; `undefined` where Go's url.Parse gives an error. */
export function registryPattern(schemeless: string): RegistryPattern | undefined {
  const url = parseSchemeless(schemeless);
  return url === undefined ? undefined : toPattern(url);
}

/** A key as text, for people. */
export function keyText(key: string): string {
  return fromByteString(key);
}

/** net.SplitHostPort, whose failures leave the host whole (keyring.go, SplitURL). */
export function splitHostPort(authority: string): readonly [host: string, port: string] {
  const colon = authority.lastIndexOf(':');
  if (colon < 0) return [authority, ''];
  const close = authority.indexOf(']');
  if (close < 0) return [authority.slice(0, colon), authority.slice(colon + 1)];
  const isLiteral =
    authority.startsWith('[') && close + 1 === colon && authority.lastIndexOf(']') === close;
  return isLiteral ? [authority.slice(1, close), authority.slice(colon + 1)] : [authority, ''];
}

function plainKey([rawKey, host = '', port = '', path = '']: RegExpExecArray): RegistryKey {
  const effectivePath = withoutVersion(path);
  const key = port === '' ? host + effectivePath : `${host}:${port}${effectivePath}`;
  // The same text in several strings would be kept, and hashed, several times.
  const isHost = host.length === rawKey.length;
  return {
    key: key === rawKey ? rawKey : key,
    pattern: {
      host: isHost ? rawKey : host,
      port,
      path: effectivePath,
      isGlob: host.includes('*'),
    },
  };
}

function toPattern({ host: authority, path }: GoUrl): RegistryPattern {
  const [host, port] = splitHostPort(authority);
  return { host, port, path, isGlob: isGlob(host) };
}

/** Only these two, only in lower case, only once. */
function withoutScheme(name: string): string {
  if (name.startsWith('https://')) return name.slice('https://'.length);
  return name.startsWith('http://') ? name.slice('http://'.length) : name;
}

/** keyring.go: `/v1/` and `/v2/` count as the host, with their trailing slash only; a lone slash is no path. */
function withoutVersion(path: string): string {
  const effective = path.startsWith('/v1/') || path.startsWith('/v2/') ? path.slice(3) : path;
  return effective === '/' ? '' : effective;
}
