// What tells credentials apart without holding them: names of things that are kept for one credential only.

import type { Credential } from '../../credential/credential.ts';
import { isEmpty } from '../../credential/ways-out.ts';
import { sha256 } from '../../system/sha256.ts';

const known = new WeakMap<Credential, string>();

/** Equal for credentials with the same secrets; of no credential, and of an empty one, `''`. */
export function fingerprint(credential: Credential | undefined): string {
  if (credential === undefined || isEmpty(credential)) return '';
  let hash = known.get(credential);
  if (hash === undefined) {
    const basic = Buffer.from(credential.basicBytes()).toString('base64');
    const { identityToken, registryToken } = credential;
    hash = sha256(JSON.stringify([basic, identityToken, registryToken]));
    known.set(credential, hash);
  }
  return hash;
}
