// Bearer tokens, got as the specifications have it: by GET with Basic, identity tokens by POST.

import { toAuthorizationHeader } from '../../credential/ways-out.ts';
import type { Connection } from './connection.ts';
import { readTokenAnswer, type TokenAnswer } from './token-server.ts';
import {
  askTokenServer,
  byGet,
  byPost,
  refreshToken,
  type TokenQuestion,
} from './token-request.ts';

/** Gets a token. Rejects with a {@link RegistryUnavailableError} or an {@link UnsafeRealmError}. */
export type AskForToken = (
  connection: Connection,
  question: TokenQuestion,
  signal: AbortSignal,
) => Promise<TokenAnswer>;

/** Asks a token server. */
export const askForToken: AskForToken = async (connection, question, signal) => {
  const { credential } = question;
  const identityToken = credential?.identityToken;
  if (identityToken === undefined) return askByGet(connection, question, signal);
  const form = byPost(question, refreshToken(identityToken));
  const response = await askTokenServer(connection, question, { ...form, signal });
  const { status } = response;
  // A token server without OAuth 2.0.
  const isUnknown = status === 404 || status === 405;
  if (!isUnknown) return readTokenAnswer(connection, question, response);
  if (credential?.username !== '' && credential?.password !== '') {
    return askByGet(connection, question, signal);
  }
  const message = `${status}: its token server takes no identity tokens`;
  return { refusal: { outcome: 'refused', status, message } };
};

const askByGet: AskForToken = async (connection, question, signal) => {
  const { credential } = question;
  const form = byGet(question, credential && toAuthorizationHeader(credential));
  const response = await askTokenServer(connection, question, { ...form, signal });
  return readTokenAnswer(connection, question, response);
};
