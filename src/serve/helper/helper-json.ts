// A credential as JSON, as Go's helpers write it.

import { encodeFields, encodeText } from '../../go/encode-json.ts';
import type { HelperCredential } from './helper-input.ts';

/** Encodes a credential, with a line's end. */
export function encodeCredential({ server, username, secret }: HelperCredential): string {
  const fields = [
    ['ServerURL', server],
    ['Username', username],
    ['Secret', secret],
  ] as const;
  return `${encodeFields(fields.map(([name, value]) => [name, encodeText(value)]))}\n`;
}
