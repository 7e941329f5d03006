// Entries of a virtual config: what a document says of a registry, and where the document came from.

import { given, own } from '../util/own.ts';
import type { ConfigEntry } from '../config/config-entry.ts';
import { Credential, type CredentialSource } from '../credential/credential.ts';
import { withoutSecrets } from '../util/redaction/shown-url.ts';
import type { KeySlot } from './path-table.ts';
import { keyText } from './registry-key.ts';

/** One entry with its source. */
export interface KeyringEntry {
  readonly config: ConfigEntry;
  readonly source: CredentialSource;
  readonly expiresAt?: Date;
  /** The server that it is for, where the key does not say that. */
  readonly serverAddress?: string | undefined;
  /** Made when it is first asked for, and the same for every lookup. */
  credential?: Credential;
}

/** Appends the credentials of keys that matched, in order. */
export function toCredentials(
  slots: readonly KeySlot<KeyringEntry>[],
  credentials: Credential[],
): void {
  for (const { key, entries } of slots) {
    for (const entry of entries) {
      // A key that was percent-encoded may have a query, which matching passes over.
      const made = given(entry, 'credential');
      credentials.push(
        made ?? (entry.credential = toCredential(entry, withoutSecrets(keyText(key)))),
      );
    }
  }
}

/**
 * An entry's credential.
 *
 * @param key - As text.
 */
export function toCredential(entry: KeyringEntry, key: string): Credential {
  const { source, expiresAt, serverAddress } = own(entry);
  // Spread, it has its own fields alone.
  return Credential.from({ ...entry.config, source, expiresAt, serverAddress, key });
}
