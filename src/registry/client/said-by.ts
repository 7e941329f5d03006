// What a registry or its token server says of a refusal, as a phrase without secrets.

import { isRecord } from '../../util/is-record.ts';
import { parseJson } from '../../util/parse-json.ts';
import { parseChallenges } from '../../providers/cloud/http-challenge.ts';
import type { HttpResponse } from '../../system/system.ts';
import type { SentSecrets } from './sent-secrets.ts';

const MAX_LENGTH = 200;

/** An answer, its body where it has been read. */
export type Saying = Pick<HttpResponse, 'status' | 'headers'> & { readonly body?: unknown };

/** The status, and the server's own words where it has some: `401 (unauthorized: authentication required)`. */
export function saidBy(response: Saying, sent: Pick<SentSecrets, 'redact'>): string {
  const { status, body } = response;
  const words = (typeof body === 'string' ? wordsOf(body) : '') || wordsOfChallenge(response);
  const shown = sent.redact(words)?.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ') ?? '';
  if (shown === '') return String(status);
  return `${status} (${shown.length > MAX_LENGTH ? `${shown.slice(0, MAX_LENGTH)}…` : shown})`;
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
