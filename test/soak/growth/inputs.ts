// Parts of inputs that are hard for a reader.

import type { GrowthRow } from './measure.ts';

/** A row for each text that may be hard. */
export function rows(
  of: string,
  inputs: Readonly<Record<string, (bytes: number) => string>>,
  call: (text: string) => unknown,
  maxBytes?: number,
): GrowthRow[] {
  return Object.entries(inputs).map(([input, make]) => {
    const prepare: GrowthRow['prepare'] = (bytes) => {
      const text = make(bytes);
      return () => swallow(() => call(text));
    };
    return { of, input, prepare, maxBytes };
  });
}

/** A text again and again, up to about so many bytes. */
export function repeated(text: string, bytes: number): string {
  return text.repeat(Math.ceil(bytes / Buffer.byteLength(text)));
}

/** Numbered texts, joined, up to about so many bytes. */
export function numbered(bytes: number, make: (index: number) => string): string {
  const size = Buffer.byteLength(make(100_000)) + 1;
  return Array.from({ length: Math.ceil(bytes / size) }, (_, index) => make(index)).join(',');
}

/** Texts each of which begins with the one before it; as many as have so many bytes together. */
export function nestedTexts(bytes: number, unit: string): string[] {
  const count = Math.ceil(Math.sqrt((2 * bytes) / unit.length));
  return Array.from({ length: count }, (_, index) => unit.repeat(index + 1));
}

/** A refusal is an answer too. */
export async function swallow(call: () => unknown): Promise<void> {
  try {
    await call();
  } catch {
    // How long it took is what counts.
  }
}
