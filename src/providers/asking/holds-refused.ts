// Whether an answer holds a credential that a registry has refused.

import type { Credential } from '../../credential/credential.ts';
import type { CredentialResponse, CredentialResponseEntry } from '../contract.ts';

/** Whether any entry has the secrets of any of the credentials, whatever their keys and sources. */
export function holdsRefused(
  response: CredentialResponse | undefined,
  refused: readonly Credential[],
): boolean {
  return Object.values(response?.auth ?? {}).some((entry) =>
    refused.some((credential) => haveSameSecrets(entry, credential)),
  );
}

/** An empty token is none. */
function haveSameSecrets(entry: CredentialResponseEntry, credential: Credential): boolean {
  return (['username', 'password', 'identityToken', 'registryToken'] as const).every(
    (field) => (entry[field] ?? '') === (credential[field] ?? ''),
  );
}
