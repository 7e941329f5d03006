// Why each entry of a source matches an image or does not. It asks the real matcher, and lists what nearly matched.

import { own } from '../util/own.ts';
import type { ConfigEntry } from '../config/config-entry.ts';
import { mayHoldSecret, shownUrl } from '../util/redaction/shown-url.ts';
import type { EntryOutcome, ExplainedEntry } from './explanation.ts';
import { matchLabel } from '../go/glob.ts';
import {
  endsAtSegment,
  mismatch,
  type MatchTarget,
  type Mismatch,
  type PathMatching,
} from '../keyring/match.ts';
import { HUB_KEY } from '../reference/docker-hub.ts';
import { keyText, registryKey, type RegistryPattern } from '../keyring/registry-key.ts';

/** More than this are counted, not listed. */
const MAX_LISTED = 50;

/** What an entry is judged by. */
export interface EntryContext {
  /** The image; `undefined` where its host is no URL's, so that nothing matches. */
  readonly target: MatchTarget | undefined;
  readonly pathMatching: PathMatching;
  /** The keys of the entry's layer that are in the answer. */
  readonly foundKeys: ReadonlySet<string>;
  /** Whether the entries are read by kubelets alone, so that their tokens are of no use there. */
  readonly isForKubelets?: boolean;
  /** Whether the image may come from Docker Hub. */
  readonly isDockerHub: boolean;
}

/** The entries of one source. */
export interface ExplainedEntries {
  readonly entries: readonly ExplainedEntry[];
  readonly otherEntries: number;
}

/** Explains the entries of one source. */
export function explainEntries(
  entries: readonly ConfigEntry[],
  context: EntryContext,
): ExplainedEntries {
  const matching: ExplainedEntry[] = [];
  const near: ExplainedEntry[] = [];
  const labels = context.target?.host.split('.') ?? [];
  for (const entry of entries) {
    const explained = explainEntry(entry.rawKey, context, labels);
    if (explained === undefined) continue;
    const list = isInAnswer(explained) ? matching : near;
    if (list.length < MAX_LISTED) list.push(withToken(explained, own(entry), context));
  }
  const listed = [...matching, ...near].slice(0, MAX_LISTED);
  return { entries: listed, otherEntries: entries.length - listed.length };
}

/** A token that a kubelet ignores does not make an entry match less. */
function withToken(
  explained: ExplainedEntry,
  { ignoredToken, identityToken, registryToken }: ConfigEntry,
  { isForKubelets = false }: EntryContext,
): ExplainedEntry {
  const counted =
    identityToken === undefined ? registryToken && 'registry token' : 'identity token';
  const token = ignoredToken ?? (isForKubelets ? counted : undefined);
  if (token === undefined || !isInAnswer(explained)) return explained;
  return { ...explained, message: `${explained.message}; a kubelet ignores its ${token}` };
}

/** Whether an entry's credentials are in the answer. */
export function isInAnswer({ outcome }: ExplainedEntry): boolean {
  return outcome === 'matched' || outcome === 'docker-hub-fallback';
}

/** `undefined` for an entry that has nothing to do with the image. */
function explainEntry(
  rawKey: string,
  context: EntryContext,
  labels: readonly string[],
): ExplainedEntry | undefined {
  const parsed = registryKey(rawKey);
  if (parsed?.pattern === undefined) {
    const message = 'the entry can never match: its name is not a URL that Go can parse';
    return { key: shownUrl(rawKey), outcome: 'unparsable', message };
  }
  const { key, pattern } = parsed;
  const text = keyText(key);
  const explain = (outcome: EntryOutcome, message: string): ExplainedEntry => ({
    key: shownUrl(text),
    outcome,
    message,
  });
  if (key === HUB_KEY && context.isDockerHub) return explainHubEntry(context, explain);
  const { target } = context;
  if (target === undefined) return undefined;

  const reason = mismatch(pattern, target, labels);
  if (reason === undefined) return explainMatch(pattern, target, context.pathMatching, explain);
  if (reason === 'host-differs' || !isRelated(pattern, target, labels)) return undefined;
  // The messages name the key's port and path, which a password may be part of.
  const message = mayHoldSecret(text)
    ? NO_IMAGE_NAME
    : MISMATCH_MESSAGES[reason](pattern, target, labels.length);
  return explain(reason, message);
}

const NO_IMAGE_NAME = 'the entry can never match: its name has characters that no image name has';

type Explain = (outcome: EntryOutcome, message: string) => ExplainedEntry;

function explainHubEntry({ foundKeys }: EntryContext, explain: Explain): ExplainedEntry {
  return foundKeys.has(HUB_KEY)
    ? explain(
        'docker-hub-fallback',
        'no other entry of this layer matches, and index.docker.io serves images of Docker Hub then',
      )
    : explain(
        'docker-hub-fallback-not-needed',
        'index.docker.io serves Docker Hub only when no other entry of its layer matches, and one does',
      );
}

function explainMatch(
  pattern: RegistryPattern,
  target: MatchTarget,
  pathMatching: PathMatching,
  explain: Explain,
): ExplainedEntry {
  if (pathMatching === 'segment' && !endsAtSegment(pattern.path, target.path)) {
    return explain(
      'segment-differs',
      `the path ${shownUrl(keyText(pattern.path))} ends within a segment of the image's, and pathMatching is 'segment'`,
    );
  }
  const path = pattern.path === '' ? '' : ", and the path is a prefix of the image's";
  return explain('matched', `host and port match${path}`);
}

/** Whether somebody may have meant the entry for this image: the host matches, or is the end of the other's. */
function isRelated(
  pattern: RegistryPattern,
  target: MatchTarget,
  labels: readonly string[],
): boolean {
  const patternLabels = pattern.host.split('.');
  if (patternLabels.length === labels.length) {
    return patternLabels.every((label, index) => matchLabel(label, labels[index] as string));
  }
  const literalEnd = pattern.host.slice(pattern.host.lastIndexOf('*') + 1).replace(/^\./, '');
  return isBelow(target.host, literalEnd) || isBelow(pattern.host, target.host);
}

/** Whether a host is another, or a subdomain of it. */
function isBelow(host: string, domain: string): boolean {
  const rest = host.length - domain.length;
  return host.endsWith(domain) && (rest === 0 || host.charAt(rest - 1) === '.');
}

const MISMATCH_MESSAGES: Readonly<
  Record<
    Exclude<Mismatch, 'host-differs'>,
    (pattern: RegistryPattern, target: MatchTarget, labelCount: number) => string
  >
> = {
  'port-differs': (pattern, target) =>
    `the entry has ${portText(pattern.port)}, the image ${portText(target.port)}; ports are compared as text`,
  'label-count-differs': ({ host }, _target, labelCount) =>
    `the entry's host has ${host.split('.').length} labels, the image's ${labelCount}; a * stands for one label or part of it`,
  'path-differs': (pattern, target) =>
    `the image's path ${keyText(target.path)} does not begin with ${shownUrl(keyText(pattern.path))}`,
};

function portText(port: string): string {
  return port === '' ? 'no port' : `port ${port}`;
}
