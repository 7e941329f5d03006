// Service accounts with throwaway keys.
// Exported from docker-keyring/testing: createFakeServiceAccount, FakeServiceAccount.

import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** A service account. */
export interface FakeServiceAccount {
  readonly email: string;
  /** What Google gives as the key's JSON file. */
  readonly key: Readonly<Record<string, string>>;
  /** PEM, for checking what the key signs. */
  readonly publicKey: string;
}

/**
 * Makes a service account with a key of its own.
 *
 * @example
 * ```ts
 * const account = createFakeServiceAccount('puller@lab-project.iam.gserviceaccount.com');
 * gcr({ key: account.key });
 * ```
 */
export function createFakeServiceAccount(email: string): FakeServiceAccount {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = {
    type: 'service_account',
    project_id: 'lab-project',
    private_key_id: randomBytes(20).toString('hex'),
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    client_email: email,
    client_id: '100000000000000000000',
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    token_uri: 'https://oauth2.googleapis.com/token',
    universe_domain: 'googleapis.com',
  };
  return { email, key, publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string };
}
