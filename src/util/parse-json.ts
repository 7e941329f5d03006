// JSON of others. Node's own error would quote the document, which holds secrets here.

/** The document, or `undefined` when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
