// Entries that Docker writes where a credential helper keeps the credentials.

import type { ConfigEntry } from '../config/config-entry.ts';

/**
 * Whether an entry holds nothing to authenticate with. Docker leaves entries that are empty, or hold an e-mail
 * address or a user name alone, beside its stores (docker/cli `cli/config/credentials/native_store_test.go`).
 */
export function isPlaceholder({ password, identityToken, registryToken }: ConfigEntry): boolean {
  const hasToken = identityToken !== undefined || registryToken !== undefined;
  return password === '' && !hasToken;
}
