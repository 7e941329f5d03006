// Every secret that a session has sent, so that what servers say can be shown without them: a server may say to one what it
// was told by another.

import type { Credential } from '../../credential/credential.ts';
import { parseChallenges } from '../../providers/cloud/http-challenge.ts';
import type { HttpResponse, System } from '../../system/system.ts';
import { isRecord } from '../../util/is-record.ts';
import { parseJson } from '../../util/parse-json.ts';
import { PART } from '../../util/redaction/each-part.ts';
import {
  formsOf,
  standsAlone,
  WITHIN_WORDS,
  withoutMarked,
} from '../../util/redaction/mark-secrets.ts';
import { createPartFilter, type PartFilter } from '../../util/redaction/part-filter.ts';
import { createSecretMemory } from '../../util/redaction/secret-memory.ts';

/** More than this, in characters, is not remembered; nothing that servers say is then repeated any more. */
const MAX_CHARACTERS = 1024 * 1024;
/** Of what a server says no more is looked at. */
const MAX_TEXT = 1000;
/** Of a server's words so much is shown. */
const MAX_SHOWN = 200;

/** A memory of secrets. */
export interface SentSecrets {
  /**
   * Remembers a secret, until it ends to be one.
   *
   * @param endMs - In milliseconds since 1970; without it, it never ends.
   */
  note(secret: string | undefined, endMs?: number): void;
  /** Remembers all of a credential. */
  noteCredential(credential: Credential): void;
  /**
   * The beginning of a text, without the secrets and parts of eight and more characters of them, whatever their case, as
   * they are or in base64, a URL or JSON; `undefined` where too many were sent to know them all.
   */
  redact(text: string): string | undefined;
}

/** Makes an empty memory. */
export function createSentSecrets({ now }: Pick<System, 'now'>): SentSecrets {
  const shapes = createSecretMemory();
  const ends = new Map<string, number>();
  const noted = new WeakSet<Credential>();
  let characters = 0;
  let isFull = false;
  /** Of the first `indexed` secrets: those that are short, and the parts of the others. */
  let pieces = noPieces();
  let indexed = 0;

  function forgetEnded(): void {
    for (const [secret, endMs] of ends) {
      // What is no number is no end.
      if (!(endMs <= now())) continue;
      ends.delete(secret);
      characters -= secret.length;
    }
    pieces = noPieces();
    indexed = 0;
    isFull = characters > MAX_CHARACTERS;
    if (isFull) ends.clear();
  }

  function note(secret: string | undefined, endMs = Infinity): void {
    if (secret === undefined || secret === '' || isFull) return;
    const known = ends.get(secret);
    ends.set(secret, Math.max(endMs, known ?? 0));
    if (known !== undefined) return;
    characters += secret.length;
    if (characters > MAX_CHARACTERS) forgetEnded();
  }

  function index(): void {
    if (indexed === ends.size) return;
    for (const secret of [...ends.keys()].slice(indexed)) addPieces(secret, pieces);
    indexed = ends.size;
  }

  return {
    note,
    noteCredential(credential) {
      if (noted.has(credential)) return;
      const { username, password, identityToken, registryToken, expiresAt } = credential;
      // One that ends may be forgotten and sent again.
      if (expiresAt === undefined) noted.add(credential);
      // Some registries take a token as user name.
      const isSecretName = credential.toJSON()['username'] !== username;
      const basic = Buffer.from(credential.basicBytes()).toString('base64');
      const secrets = [password, identityToken, registryToken, isSecretName ? username : '', basic];
      for (const secret of secrets) note(secret, expiresAt?.getTime());
    },
    redact(text) {
      if (isFull) return undefined;
      index();
      return shapes.redact(without(text.slice(0, MAX_TEXT), pieces));
    },
  };
}

/** ASCII alone: other letters may take another length. */
function lower(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

interface Pieces {
  readonly short: Set<string>;
  readonly parts: PartFilter;
}

function noPieces(): Pieces {
  return { short: new Set(), parts: createPartFilter() };
}

function addPieces(secret: string, { short, parts }: Pieces): void {
  if (secret.length < PART) short.add(lower(secret));
  for (const form of new Set(formsOf(secret).map(lower))) parts.add(form);
}

function without(text: string, { short, parts }: Pieces): string {
  const lowered = lower(text);
  const isSecret = new Uint8Array(text.length);
  parts.find(lowered, (start) => isSecret.fill(1, start, start + PART));
  if (short.size > 0) markShort(text, lowered, { short, isSecret });
  return withoutMarked(text, isSecret);
}

function markShort(
  text: string,
  lowered: string,
  { short, isSecret }: { readonly short: ReadonlySet<string>; readonly isSecret: Uint8Array },
): void {
  for (let start = 0; start < text.length; start += 1) {
    for (let end = start + 1; end < Math.min(text.length + 1, start + PART); end += 1) {
      const isPiece = short.has(lowered.slice(start, end));
      const isAlone = end - start >= WITHIN_WORDS || standsAlone(text, start, end);
      if (isPiece && isAlone) isSecret.fill(1, start, end);
    }
  }
}

/**
 * What a response says about a refusal, for a message: the status, and the server's own words where it has some, without
 * secrets: `401 (unauthorized: authentication required)`.
 *
 * @param response - Its body where it has been read.
 */
export function errorText(
  response: Pick<HttpResponse, 'status' | 'headers'> & { readonly body?: unknown },
  sent: Pick<SentSecrets, 'redact'>,
): string {
  const { status, body } = response;
  const words = (typeof body === 'string' ? wordsOf(body) : '') || wordsOfChallenge(response);
  const shown = sent.redact(words)?.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ') ?? '';
  if (shown === '') return String(status);
  return `${status} (${shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}…` : shown})`;
}

/** Of the error forms of registries (OCI distribution specification v1.1, "Error codes"), OAuth 2.0 and others. */
function wordsOf(body: string): string {
  const answer = parseJson(body);
  if (!isRecord(answer)) return '';
  const [first] = Array.isArray(answer['errors'])
    ? (answer['errors'] as readonly unknown[])
    : [answer];
  if (!isRecord(first)) return '';
  const texts = [
    first['code'] ?? first['error'],
    first['message'] ?? first['error_description'] ?? first['details'],
  ];
  return texts.filter((text) => typeof text === 'string' && text !== '').join(': ');
}

/** An answer to HEAD has no body, and says it in its challenge (RFC 6750, section 3). */
function wordsOfChallenge({ headers }: Pick<HttpResponse, 'headers'>): string {
  const challenges = parseChallenges(headers.get('www-authenticate') ?? []);
  return challenges.map(({ parameters }) => parameters.get('error') ?? '').find(Boolean) ?? '';
}
