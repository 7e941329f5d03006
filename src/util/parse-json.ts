// JSON of others. Node's own error would quote the document, which holds secrets here.

import { isRecord } from './is-record.ts';

/** The document, or `undefined` when it is not JSON. Its objects inherit nothing: a missing member is missing. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, (_name, value: unknown) =>
      isRecord(value) ? (Object.setPrototypeOf(value, null) as object) : value,
    ) as unknown;
  } catch {
    return undefined;
  }
}
