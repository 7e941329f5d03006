// Why each entry of a source matches an image or does not. It asks the real matcher, and lists what nearly matched.

import { own } from '../util/own.ts';
import type { ConfigEntry } from '../config/config-entry.ts';
import { mayHoldSecret, shownUrl } from '../util/redaction/shown-url.ts';
import type { EntryOutcome, ExplainedEntry } from './explanation.ts';
import { matchLabel } from '../go/glob.ts';
import { endsAtSegment, mismatch, type MatchTarget, type PathMatching } from '../keyring/match.ts';
import { entryFindings } from '../findings/entry-findings.ts';
import type { Finding } from '../findings/finding.ts';
import { NEVER_MATCHES, registryKeyFindings } from '../findings/key-findings.ts';
import { HUB_KEY, isHubHost, isHubLookalike } from '../reference/docker-hub.ts';
import { keyText, registryKey, type RegistryPattern } from '../keyring/registry-key.ts';

/** More than this are counted, not listed. */
const MAX_LISTED = 50;
/** Of a source with no more entries all are listed. */
const MAX_SMALL = 5;

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
  /** In milliseconds, when the entries themselves are judged; `undefined` for those that no document holds. */
  readonly judgedAtMs: number | undefined;
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
  const image = imageOf(context);
  const isSmall = entries.length <= MAX_SMALL;
  for (const entry of entries) {
    const explained = explainEntry(entry, context, image) ?? (isSmall ? other(entry) : undefined);
    if (explained === undefined) continue;
    const list = isInAnswer(explained) ? matching : near;
    if (list.length < MAX_LISTED) list.push(withToken(explained, own(entry), context));
  }
  const listed = [...matching, ...near.toSorted(byNearness)].slice(0, MAX_LISTED);
  return { entries: listed, otherEntries: entries.length - listed.length };
}

function other({ rawKey }: ConfigEntry): ExplainedEntry {
  const message = 'another registry';
  return { key: shownUrl(rawKey), outcome: 'host-differs', message, findings: [] };
}

function byNearness(one: ExplainedEntry, another: ExplainedEntry): number {
  return Number(!isNear(one)) - Number(!isNear(another));
}

/** Whether somebody may have meant an entry for the image although it does not match. */
export function isNear(entry: ExplainedEntry): boolean {
  return !isInAnswer(entry) && (entry.outcome !== 'host-differs' || entry.findings.length > 0);
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
  entry: ConfigEntry,
  context: EntryContext,
  image: JudgedImage | undefined,
): ExplainedEntry | undefined {
  const { rawKey } = entry;
  const parsed = registryKey(rawKey);
  if (parsed?.pattern === undefined) {
    const message = 'the entry can never match: its name is not a URL that Go can parse';
    return {
      key: shownUrl(rawKey),
      outcome: 'unparsable',
      message,
      findings: findingsOf(entry, context),
    };
  }
  const { key, pattern } = parsed;
  const text = keyText(key);
  const explain = (outcome: EntryOutcome, message: string): ExplainedEntry => ({
    key: shownUrl(text),
    outcome,
    message,
    findings: findingsOf(entry, context),
  });
  if (key === HUB_KEY && context.isDockerHub) return explainHubEntry(context, explain);
  if (image === undefined) return undefined;
  return explainAgainst({ rawKey, text, pattern, image }, context, explain);
}

/** An image, with what is worked out once for all entries. */
interface JudgedImage {
  readonly target: MatchTarget;
  /** Of its host. */
  readonly labels: readonly string[];
  /** Its host, as {@link meantHost} writes it. */
  readonly meant: string;
}

function imageOf({ target }: EntryContext): JudgedImage | undefined {
  if (target === undefined) return undefined;
  const meant = target.host.replaceAll(/[[\]]/g, '').toLowerCase();
  return { target, labels: target.host.split('.'), meant };
}

interface Judged {
  readonly rawKey: string;
  readonly text: string;
  readonly pattern: RegistryPattern;
  readonly image: JudgedImage;
}

function explainAgainst(
  judged: Judged,
  context: EntryContext,
  explain: Explain,
): ExplainedEntry | undefined {
  const { text, pattern } = judged;
  const { target, labels } = judged.image;
  const reason = mismatch(pattern, target, labels);
  if (reason === undefined) return explainMatch(pattern, target, context.pathMatching, explain);
  const isClose = reason !== 'host-differs' && isRelated(pattern, target, labels);
  if (!isClose && !mayBeMeant(judged, context.isDockerHub)) return undefined;
  // The messages name the key's port and path, which a password may be part of.
  if (mayHoldSecret(text)) return explain(reason, NO_IMAGE_NAME);
  return withDifferences(explain(reason, ''), differences(pattern, target, labels.length));
}

const NO_IMAGE_NAME = 'the entry can never match: its name has characters that no image name has';

/** What the differences from the image do not say. */
const KEY_CODES: ReadonlySet<string> = new Set(['key-case', 'key-hub-alias']);

/** What is wrong with the key comes first: it is so for every image. */
function withDifferences(explained: ExplainedEntry, differing: readonly string[]): ExplainedEntry {
  const ofKey = explained.findings.filter(
    ({ code, message }) => KEY_CODES.has(code) || message.startsWith(NEVER_MATCHES),
  );
  const messages = [...ofKey.map(({ message }) => message), ...differing];
  const message = messages.length === 0 ? 'the host is written otherwise' : messages.join('; ');
  return { ...explained, message };
}

function findingsOf(
  entry: ConfigEntry,
  { judgedAtMs, isForKubelets = false }: EntryContext,
): readonly Finding[] {
  if (judgedAtMs === undefined) return [];
  const key = shownUrl(entry.rawKey);
  const field = `auths[${key}]`;
  return [
    ...registryKeyFindings(entry.rawKey, field),
    ...entryFindings(entry, { key, field, isSecret: isForKubelets, nowMs: judgedAtMs }),
  ];
}

/** Whether a key names the image's registry, whatever is wrong with it. */
function mayBeMeant({ rawKey, image }: Judged, isDockerHub: boolean): boolean {
  const host = meantHost(rawKey);
  return isDockerHub ? isHubHost(host) || isHubLookalike(host) : host === image.meant;
}

/** Without schemes, user, port, path and last dot, and in lower case. */
function meantHost(rawKey: string): string {
  const rest = rawKey.replace(/^(?:(?:[a-z][a-z0-9+.-]*:)?\/\/)+/i, '');
  const authority = rest.replace(/[/?#][^]*$/, '');
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const address = /^\[([^\]]*)/.exec(host)?.[1];
  return (address ?? host.replace(/:.*$/, '').replace(/\.$/, '')).toLowerCase();
}

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

/** All that differs, in the kubelet's order of judging. */
function differences(
  pattern: RegistryPattern,
  target: MatchTarget,
  labelCount: number,
): readonly string[] {
  const { host, port, path } = pattern;
  const patternLabels = host.split('.').length;
  return [
    ...(port === target.port
      ? []
      : [
          `the entry has ${portText(port)}, the image ${portText(target.port)}; ports are compared as text`,
        ]),
    ...(patternLabels === labelCount
      ? []
      : [
          `the entry's host has ${patternLabels} labels, the image's ${labelCount}; a * stands for one label or part of it`,
        ]),
    ...(target.path.startsWith(path)
      ? []
      : [
          `the image's path ${keyText(target.path)} does not begin with ${shownUrl(keyText(path))}`,
        ]),
  ];
}

function portText(port: string): string {
  return port === '' ? 'no port' : `port ${port}`;
}
