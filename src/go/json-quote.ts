// JSON strings as Go's encoding/json writes them (encode.go, appendString, Go 1.22 and later, escapeHTML on).

import { sequenceLength } from './utf8.ts';

/**
 * Writes a JSON string, quotation marks included.
 *
 * @param value - Text, or bytes that may be no UTF-8, each bad one of which becomes an escaped U+FFFD.
 */
export function goJsonString(value: string | Uint8Array): string {
  if (typeof value === 'string') return `"${escapeText(wellFormed(value))}"`;
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const pieces: string[] = [];
  let start = 0;
  for (let index = 0; index < bytes.length;) {
    const length = sequenceLength(bytes, index);
    if (length === 0) {
      pieces.push(escapeText(bytes.toString('utf8', start, index)), String.raw`\ufffd`);
      start = index + 1;
    }
    index += Math.max(length, 1);
  }
  return `"${pieces.join('')}${escapeText(bytes.toString('utf8', start))}"`;
}

/** Escapes in a JSON text what Go escapes in addition to `JSON.stringify`: it may stand in strings only. */
export function escapeHtml(json: string): string {
  return json.replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A lone surrogate becomes U+FFFD, as it does wherever a string leaves JavaScript as UTF-8. */
export function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

function escapeText(text: string): string {
  return escapeHtml(JSON.stringify(text)).slice(1, -1);
}
