// The `auth` field of a registry entry: base64 of "username:password", with the kubelet's strictness
// (Kubernetes v1.37.2 pkg/credentialprovider/config.go, decodeDockerConfigFieldAuth).

import { decodeBase64 } from '../go/base64.ts';
import { decodeGoUtf8 } from '../go/utf8.ts';

/** What an `auth` field says. */
export interface DecodedAuth {
  readonly username: string;
  readonly password: string;
  /** The decoded bytes, where they are not UTF-8: the two strings then hold U+FFFD in their place. */
  readonly basicBytes?: Uint8Array;
}

/**
 * Decodes an `auth` field.
 *
 * @returns a phrase that says what is wrong, quoting nothing, when it cannot be decoded.
 */
export function decodeAuthField(field: string): DecodedAuth | string {
  const bytes = decodeBase64(field, field.trimEnd().endsWith('=') ? 'padded' : 'unpadded');
  if (bytes === undefined) return '"auth" is not base64';
  const text = bytes.toString('utf8');
  // Only where it holds a U+FFFD may it be that something was not UTF-8.
  return text.includes('\uFFFD') ? splitBytes(bytes) : splitText(text);
}

const NO_COLON = '"auth" is not the base64 of "username:password": it holds no colon';

function splitText(text: string): DecodedAuth | string {
  const colon = text.indexOf(':');
  if (colon < 0) return NO_COLON;
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function splitBytes(bytes: Buffer): DecodedAuth | string {
  const colon = bytes.indexOf(':');
  if (colon < 0) return NO_COLON;
  const username = decodeGoUtf8(bytes.subarray(0, colon));
  const password = decodeGoUtf8(bytes.subarray(colon + 1));
  // A U+FFFD that somebody wrote is text like any other.
  return bytes.equals(Buffer.from(`${username}:${password}`, 'utf8'))
    ? { username, password }
    : { username, password, basicBytes: Uint8Array.from(bytes) };
}
