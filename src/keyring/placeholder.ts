// Entries that Docker writes where a credential helper keeps the credentials.

import type { ConfigEntry } from '../config/config-entry.ts';

/** Whether an entry holds nothing to authenticate with; older versions of Docker left an e-mail address in it. */
export function isPlaceholder({
  username,
  password,
  identityToken,
  registryToken,
}: ConfigEntry): boolean {
  const hasToken = identityToken !== undefined || registryToken !== undefined;
  return username === '' && password === '' && !hasToken;
}
