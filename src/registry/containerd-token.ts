// Bearer tokens, got as containerd gets them for a node: by POST with whatever secret there is, by GET where the token
// server does not know that (containerd v2.4.2 core/remotes/docker/authorizer.go doBearerAuth, auth/fetch.go).

import { isText } from '../config/option-checks.ts';
import type { Credential } from '../credential/credential.ts';
import type { AskForToken } from './bearer-token.ts';
import { readTokenAnswer } from './token-answer.ts';
import {
  askTokenServer,
  byGet,
  byPost,
  refreshToken,
  type TokenQuestion,
} from './token-request.ts';

/** The statuses of a POST after which it is asked by GET. */
const WITHOUT_POST: ReadonlySet<number> = new Set([400, 401, 404]);

/** Asks a token server. */
export const askForTokenAsContainerd: AskForToken = async (connection, question, signal) => {
  const username = question.credential?.username ?? '';
  const secret = secretOf(question.credential);
  if (secret !== '') {
    const form = byPost(question, grantOf(username, secret));
    const response = await askTokenServer(connection, question, { ...form, signal });
    if (!isWithoutPost(response.status, question)) {
      return readTokenAnswer(connection, question, { ...READING, response, problemOf: ofPost });
    }
  }
  const form = byGet(question, secret === '' ? undefined : basicOf(username, secret));
  const response = await askTokenServer(connection, question, { ...form, signal });
  return readTokenAnswer(connection, question, { ...READING, response });
};

const READING = { problemOf, isStrict: true };

/** With a user name it is the password, whatever else there is (internal/cri/server/images/image_pull.go, ParseAuth). */
function secretOf(credential: Credential | undefined): string {
  const { username = '', password = '', identityToken = '' } = credential ?? {};
  return username === '' && identityToken !== '' ? identityToken : password;
}

function grantOf(username: string, secret: string): Readonly<Record<string, string>> {
  return username === ''
    ? refreshToken(secret)
    : { grant_type: 'password', username, password: secret };
}

function basicOf(username: string, secret: string): string {
  return `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`;
}

function isWithoutPost(status: number, { credential }: TokenQuestion): boolean {
  return WITHOUT_POST.has(status) || (status === 405 && credential?.username !== '');
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** Go's JSON decoder fails for a member of the wrong type, though nobody may need it. */
function problemOf(answer: Readonly<Record<string, unknown>>): string | undefined {
  const { expires_in: seconds, issued_at: issued } = answer;
  if (!isAbsent(seconds) && !Number.isSafeInteger(seconds)) {
    return 'answers with an expires_in that containerd cannot read: it must be a whole number';
  }
  if (!isAbsent(issued) && !(typeof issued === 'string' && INSTANT.test(issued))) {
    return 'answers with an issued_at that containerd cannot read: it must be a time as in RFC 3339';
  }
  return undefined;
}

/** What answers to a POST with the name that GET has (token.md) gives containerd nothing. */
function ofPost(answer: Readonly<Record<string, unknown>>): string | undefined {
  if (isText(answer['access_token'])) return problemOf(answer);
  return 'answers a POST without access_token, which containerd needs';
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
