import type { DocumentPosition } from '../../errors.ts';
import type { DocumentValue } from './value.ts';

/** What a document says as JavaScript's values, or why it cannot be said. */
export type PlainValue =
  { readonly value: unknown } | { readonly problem: string; readonly position: DocumentPosition };

/** Makes objects and lists of a document; of a member that occurs twice, the last counts. */
export function plainValue(document: DocumentValue): PlainValue {
  const unfit: Unfit = { position: undefined };
  const value = convert(document, unfit);
  if (unfit.position === undefined) return { value };
  return { problem: 'a number is too large', position: unfit.position };
}

/** Where the first number stands that JavaScript has none for. */
interface Unfit {
  position: DocumentPosition | undefined;
}

function convert(document: DocumentValue, unfit: Unfit): unknown {
  switch (document.kind) {
    case 'null':
      return null;
    case 'boolean':
      return document.value;
    case 'string':
      return document.text;
    case 'number': {
      const number = Number(document.text);
      // Go reads no number that a float64 cannot hold.
      if (!Number.isFinite(number)) unfit.position ??= document.position;
      return number;
    }
    case 'array':
      return document.items.map((item) => convert(item, unfit));
    default:
      // Unlike an assignment, this takes `__proto__` for a name like any other.
      return Object.fromEntries(
        document.members.map(({ name, value }) => [name, convert(value, unfit)]),
      );
  }
}
