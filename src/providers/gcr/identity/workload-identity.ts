// Tokens of the pod's own service account: a service account opts in by an annotation, and its token is exchanged for
// one of Google's (cloud-provider-gcp 038c43d9, pkg/gcpcredential).

import type { CredentialRequest, ServiceAccountTokenAttributes } from '../../contract.ts';
import type { RetryingSystem } from '../../cloud/http-with-retries.ts';
import { ProviderFailure } from '../../asking/provider-failure.ts';
import { readTokenResponse, type AccessToken } from './access-token.ts';
import type { GcrServiceAccountOptions } from '../gcr-options.ts';
import { requestGoogle } from '../google-request.ts';

/** The annotation by which a service account asks for it; its value must be `true`. */
export const OPT_IN_ANNOTATION = 'iam.gke.io/enable-wi-image-pull';
const TOKEN_SERVICE = 'https://sts.googleapis.com/v1/token';
const CALL_MS = 30_000;

/** What the keyring needs to get the tokens of service accounts. */
export function tokenAttributesOf({
  projectId,
}: GcrServiceAccountOptions): ServiceAccountTokenAttributes {
  return {
    serviceAccountTokenAudience: `${projectId}.svc.id.goog`,
    cacheType: 'ServiceAccount',
    requireServiceAccount: false,
    optionalServiceAccountAnnotationKeys: [OPT_IN_ANNOTATION],
  };
}

/** Whether the request's service account asks for it. */
export function optsIn({ serviceAccountAnnotations = {} }: CredentialRequest): boolean {
  return serviceAccountAnnotations[OPT_IN_ANNOTATION] === 'true';
}

/**
 * Exchanges the service account's token.
 *
 * @throws {@link ProviderFailure} without a token, and when the exchange fails: on purpose the node's own account does
 * not step in for one that wants to be itself.
 */
export async function workloadIdentityToken(
  system: RetryingSystem,
  identity: GcrServiceAccountOptions,
  { serviceAccountToken, signal }: CredentialRequest,
): Promise<AccessToken> {
  if (serviceAccountToken === undefined || serviceAccountToken === '') {
    throw new ProviderFailure(
      `the service account has the annotation ${OPT_IN_ANNOTATION}, but no token of it came`,
    );
  }
  const askedAtMs = system.now();
  const body = JSON.stringify(exchangeRequest(identity, serviceAccountToken));
  const from = "Google's token service";
  const answer = await requestGoogle(
    system,
    {
      url: TOKEN_SERVICE,
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
      timeoutMs: CALL_MS,
      signal,
    },
    { from, unreachable: `${from} does not answer`, hints: HINTS },
  );
  return readTokenResponse(answer, { from, username: '_token', askedAtMs });
}

function exchangeRequest(
  { projectId, identityProvider }: GcrServiceAccountOptions,
  subjectToken: string,
): Readonly<Record<string, string>> {
  return {
    audience: `identitynamespace:${projectId}.svc.id.goog:${identityProvider}`,
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    subject_token: subjectToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  };
}

const HINTS: Readonly<Record<number, string>> = {
  400: "look at serviceAccount's projectId and identityProvider, and at the token's audience",
  403: "the service account's principal has no access; grant it roles/artifactregistry.reader",
};
