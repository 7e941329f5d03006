// JSON as Go's json.Encoder writes it (Go 1.26 encoding/json, encode.go): no blanks, maps sorted by the bytes of their
// keys, and what HTML and JavaScript would take for something else escaped.

const ESCAPED = /[<>&\u2028\u2029]/g;

/** A string. What is no Unicode becomes U+FFFD. */
export function encodeText(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll(
    ESCAPED,
    (character) => String.raw`\u` + character.charCodeAt(0).toString(16).padStart(4, '0'),
  );
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
