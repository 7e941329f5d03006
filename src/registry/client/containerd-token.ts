// Bearer tokens, got as containerd gets them for a node: by POST with whatever secret there is, by GET where the token
// server does not know that (containerd v2.4.2 core/remotes/docker/authorizer.go doBearerAuth, auth/fetch.go).

import { isRecord } from '../../util/is-record.ts';
import { isText } from '../../util/option-checks.ts';
import { parseJson } from '../../util/parse-json.ts';
import type { Credential } from '../../credential/credential.ts';
import type { HttpResponse } from '../../system/system.ts';
import type { AskForToken } from './token.ts';
import type { Connection } from './connection.ts';
import { saidBy } from './said-by.ts';
import { readTokenAnswer, tokenIn, type TokenAnswer } from './token-server.ts';
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
  const { credential } = question;
  const username = credential?.username ?? '';
  const secret = credential === undefined ? '' : secretOf(credential);
  if (secret !== '') {
    const form = byPost(question, grantOf(username, secret));
    const response = await askTokenServer(connection, question, { ...form, signal });
    if (!isWithoutPost(response.status, username)) {
      return read(connection, question, { response, problemOf: problemOfPost });
    }
  }
  const form = byGet(question, secret === '' ? undefined : basicOf(username, secret));
  const response = await askTokenServer(connection, question, { ...form, signal });
  return read(connection, question, { response, problemOf: problemOfGet });
};

type Answer = Readonly<Record<string, unknown>>;

interface Reading {
  readonly response: HttpResponse;
  /** What keeps containerd from an answer, as a phrase. */
  readonly problemOf: (answer: Answer) => string | undefined;
}

/** Whatever fails, a kubelet goes on with the next credential; here what fails for all of them alike is told apart. */
function read(
  connection: Connection,
  question: TokenQuestion,
  { response, problemOf }: Reading,
): TokenAnswer {
  const { status, body } = response;
  const answer = parseJson(body);
  if (status === 200 && isRecord(answer)) {
    const found = problemOf(answer);
    const problem = `its token server ${question.realm.host} ${found}`;
    const token = tokenIn(response);
    if (token === undefined) return { refusal: { outcome: 'refused', status, message: problem } };
    return found === undefined ? token : { ...token, problem };
  }
  const isRefused = status >= 400 && status < 500 && status !== 404 && status !== 408;
  if (!isRefused) return readTokenAnswer(connection, question, response);
  return { refusal: { outcome: 'refused', status, message: saidBy(response, connection.sent) } };
}

/** With a user name it is the password, whatever else there is (internal/cri/server/images/image_pull.go, ParseAuth). */
function secretOf({ username, password, identityToken = '' }: Credential): string {
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

function isWithoutPost(status: number, username: string): boolean {
  return WITHOUT_POST.has(status) || (status === 405 && username !== '');
}

/** What answers a POST with the name that GET has (token.md) gives containerd nothing. */
function problemOfPost(answer: Answer): string | undefined {
  if (isText(answer['access_token'])) return problemOfMembers(answer);
  return 'answers a POST without access_token, which containerd needs';
}

function problemOfGet(answer: Answer): string | undefined {
  const isThere = [answer['access_token'], answer['token']].some(isText);
  return isThere ? problemOfMembers(answer) : 'answers without a token';
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** Go's JSON decoder fails for a member of the wrong type, though nobody may need it. */
function problemOfMembers({ expires_in: seconds, issued_at: issued }: Answer): string | undefined {
  if (!isAbsent(seconds) && !Number.isSafeInteger(seconds)) {
    return 'answers with an expires_in that containerd cannot read: it must be a whole number';
  }
  if (!isAbsent(issued) && !(typeof issued === 'string' && INSTANT.test(issued))) {
    return 'answers with an issued_at that containerd cannot read: it must be a time as in RFC 3339';
  }
  return undefined;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
