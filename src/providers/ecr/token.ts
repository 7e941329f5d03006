// An authorization token of ECR as the user name and password that it is.

import { decodeAuthField } from '../../config/auth-field.ts';
import type { CredentialResponse } from '../contract.ts';
import { ProviderFailure } from '../asking/provider-failure.ts';
import type { EcrAuthorization } from './session.ts';

/** Makes the API's answer one for a host. */
export function ecrResponse(host: string, answer: EcrAuthorization): CredentialResponse {
  const { authorizationToken, expiresAt } = answer;
  // The SDK hands on what came, whatever its type.
  if (typeof authorizationToken !== 'string' || authorizationToken === '') {
    throw new ProviderFailure('the ECR API answered without a token');
  }
  const decoded = decodeAuthField(authorizationToken);
  if (typeof decoded === 'string') {
    throw new ProviderFailure(
      'the token that the ECR API answered is not the base64 of "username:password"',
    );
  }
  if (Number.isNaN(expiresAt?.getTime())) {
    throw new ProviderFailure('the ECR API answered an expiry that is no time');
  }
  const { username, password } = decoded;
  return {
    auth: { [host]: { username, password } },
    cacheKeyType: 'Registry',
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** Makes an answer for one host one for another host of the same region. */
export function forHost(response: CredentialResponse, host: string): CredentialResponse {
  const [entry] = Object.values(response.auth);
  return entry === undefined ? response : { ...response, auth: { [host]: entry } };
}
