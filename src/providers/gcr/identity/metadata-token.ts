// The access token of the instance's own service account, which is what a node pulls with.

import type { HttpResponse } from '../../../system/system.ts';
import { ProviderFailure } from '../../asking/provider-failure.ts';
import { readTokenResponse, type AccessToken } from './access-token.ts';
import { DEFAULT_UNIVERSE } from '../google-registries.ts';
import { readMetadata, type MetadataSystem } from './metadata-server.ts';
import { parseJson } from '../../../util/parse-json.ts';

/** The default service account's directory on the metadata server. */
const DEFAULT_ACCOUNT = 'instance/service-accounts/default';
const SCOPE = 'https://www.googleapis.com/auth/';

/** Prefixes, one of which a scope must have to be good for pulling (cloud-provider-gcp, `Enabled`). */
export const PULL_SCOPES: readonly string[] = [`${SCOPE}devstorage`, `${SCOPE}cloud-platform`];
/** Impersonation is a call of IAM's, which storage scopes are not good for. */
export const IAM_SCOPES: readonly string[] = [`${SCOPE}iam`, `${SCOPE}cloud-platform`];

/**
 * Gets the token, unless the instance was made with scopes that it would be useless with.
 *
 * The plugin throws the token away when it cannot read the account's email. Nothing here needs the email.
 *
 * @throws {@link ProviderFailure} when there is no account, or when its scopes do not suffice.
 */
export async function metadataToken(
  system: MetadataSystem,
  wantedScopes: readonly string[],
  signal: AbortSignal,
): Promise<AccessToken> {
  const scopes = scopesOf(await readAccount(system, 'scopes?alt=json', signal));
  if (scopes !== undefined && !hasScope(scopes, wantedScopes)) {
    throw new ProviderFailure(insufficientScopes(scopes, wantedScopes));
  }
  const universe = await readUniverse(system, signal);
  const askedAtMs = system.now();
  const { body } = await readAccount(system, 'token', signal);
  const answer = { from: 'the metadata server', username: '_token', askedAtMs } as const;
  return { ...readTokenResponse(body, answer), universe };
}

/** The cloud that this machine is of. Where the server does not know the question, it is Google's own (AIP-4117). */
async function readUniverse(system: MetadataSystem, signal: AbortSignal): Promise<string> {
  const answer = await readMetadata(system, 'universe/universe-domain', signal);
  return answer?.body.trim() || DEFAULT_UNIVERSE;
}

/** Whether one of the scopes begins with one of the prefixes. */
export function hasScope(scopes: readonly string[], prefixes: readonly string[]): boolean {
  return scopes.some((scope) => prefixes.some((prefix) => scope.startsWith(prefix)));
}

/** What is wrong with an instance's scopes, and what to do. */
export function insufficientScopes(scopes: readonly string[], wanted: readonly string[]): string {
  const has = scopes.length === 0 ? 'none' : scopes.join(', ');
  const need = wanted.map((prefix) =>
    prefix.endsWith('devstorage') ? `${prefix}.read_only` : prefix,
  );
  return (
    `the instance's service account has the access scopes ${has}; it takes ${need.join(' or ')}: ` +
    'stop the instance and give it one (gcloud compute instances set-service-account --scopes)'
  );
}

/** The scopes in an answer, or `undefined` where it is not a list: then the registry shall decide. */
export function scopesOf({ body }: Pick<HttpResponse, 'body'>): readonly string[] | undefined {
  const scopes = parseJson(body);
  const isList = Array.isArray(scopes) && scopes.every((scope) => /^[!-~]+$/.test(String(scope)));
  return isList ? scopes.map(String) : undefined;
}

/** Reads a value of the default service account. */
export async function readAccount(
  system: MetadataSystem,
  name: string,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const answer = await readMetadata(system, `${DEFAULT_ACCOUNT}/${name}`, signal);
  if (answer !== undefined) return answer;
  throw new ProviderFailure(
    'this instance has no default service account: attach one, or bind the Kubernetes service account to one',
  );
}
