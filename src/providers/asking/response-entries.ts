// A provider's answer as entries of a virtual config.

import type { CredentialSource } from '../../credential/credential.ts';
import type { KeyringEntry } from '../../keyring/entry.ts';
import type { IndexedEntry } from '../../keyring/registry-index.ts';
import type { CredentialProvider } from '../contract.ts';
import { NOBODY, type Identity } from './identity.ts';
import type { ProviderAnswer } from './provider-asker.ts';
import { has } from '../../util/own.ts';

/** The entries of an answer; none where there is none. */
export function responseEntries(
  answer: ProviderAnswer,
  acceptsTokens: boolean,
): IndexedEntry<KeyringEntry>[] {
  if (!has(answer, 'response') || answer.response === undefined) return [];
  const { auth, expiresAt, serviceAccountTokenUnused } = answer.response;
  // Credentials of the machine are the machine's, for whomever they were asked.
  const identity = serviceAccountTokenUnused === undefined ? answer.identity : NOBODY;
  const source = sourceOf(answer.provider, identity);
  const origin = expiresAt === undefined ? { source } : { source, expiresAt };
  return Object.entries(auth).map(([rawKey, { username, password, ...tokens }]) => {
    const config = { rawKey, username, password, ...(acceptsTokens ? tokens : {}) };
    return { rawKey, entry: { config, ...origin } };
  });
}

function sourceOf({ name }: CredentialProvider, { serviceAccount }: Identity): CredentialSource {
  return serviceAccount === undefined
    ? { kind: 'provider', provider: name }
    : { kind: 'service-account', ...serviceAccount, provider: name };
}
