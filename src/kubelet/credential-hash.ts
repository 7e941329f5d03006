// The kubelet's fingerprint of a credential, which its records of pulled images hold in place of the credential.

import { encodeText } from '../go/encode-json.ts';
import type { Credential } from '../credential/credential.ts';
import { sha256 } from '../system/sha256.ts';

const COLON = 0x3a;

/**
 * The hash by which the kubelet recognises a credential: SHA-256, in hexadecimal, of the JSON that Go writes of it. It
 * is what {@link decidePull} compares as `credentialHash`.
 *
 * Source: Kubernetes v1.37.2 `pkg/credentialprovider/keyring.go`, hashAuthConfig.
 *
 * @example
 * ```ts
 * const [credential] = await keyring.lookup('registry.example.com/app');
 * credentialHash(credential); // → '5cd2…', as in /var/lib/kubelet/image_manager/pulled
 * ```
 */
export function credentialHash(credential: Credential): string {
  const { username } = credential;
  const basic = credential.basicBytes();
  // Only a user name that was text from the beginning can hold a colon.
  const colon = username.includes(':') ? Buffer.byteLength(username) : basic.indexOf(COLON);
  // The kubelet has no other secrets, and hashes nothing else than these three; none of them when it is empty.
  const fields: readonly (readonly [name: string, value: Uint8Array | string])[] = [
    ['username', basic.subarray(0, colon)],
    ['password', basic.subarray(colon + 1)],
    ['email', credential.email ?? ''],
  ];
  const members = fields
    .filter(([, value]) => value.length > 0)
    .map(([name, value]) => `"${name}":${encodeText(value)}`);
  return sha256(`{${members.join(',')}}`);
}
