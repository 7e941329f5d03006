// JSON as Go writes it (Go 1.26 encoding/json, encode.go): maps sorted by the bytes of their keys, and what HTML and
// JavaScript would take for something else escaped.

import { sequenceLength } from './utf8.ts';

/** What `JSON.stringify` takes, with its members in their order. */
export function encodeJson(value: unknown, indent?: number): string {
  return escapeHtml(JSON.stringify(value, undefined, indent));
}

/**
 * A string.
 *
 * @param value - Text, in which a lone surrogate becomes U+FFFD; or bytes that may be no UTF-8, each bad one of which becomes
 *   an escaped U+FFFD.
 */
export function encodeText(value: string | Uint8Array): string {
  if (typeof value === 'string') return encodeJson(value.toWellFormed());
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const pieces: string[] = [];
  let start = 0;
  for (let index = 0; index < bytes.length;) {
    const length = sequenceLength(bytes, index);
    if (length === 0) {
      pieces.push(
        encodeJson(bytes.toString('utf8', start, index)).slice(1, -1),
        String.raw`\ufffd`,
      );
      start = index + 1;
    }
    index += Math.max(length, 1);
  }
  return `"${pieces.join('')}${encodeJson(bytes.toString('utf8', start)).slice(1)}`;
}

/** A struct: its fields in their order, each with its value as JSON. */
export function encodeFields(fields: readonly (readonly [string, string])[]): string {
  return `{${fields.map(([name, json]) => `${encodeText(name)}:${json}`).join(',')}}`;
}

/** A map, sorted. */
export function encodeMap<T>(
  entries: readonly (readonly [string, T])[],
  encode: (value: T) => string,
): string {
  const sorted = entries.toSorted(([one], [other]) =>
    Buffer.compare(Buffer.from(one), Buffer.from(other)),
  );
  return encodeFields(sorted.map(([key, value]) => [key, encode(value)]));
}

/** Such characters may stand in the strings of a JSON text only. */
function escapeHtml(json: string): string {
  return json.replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => String.raw`\u` + character.charCodeAt(0).toString(16).padStart(4, '0'),
  );
}
