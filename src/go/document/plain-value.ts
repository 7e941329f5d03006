import type { DocumentPosition } from '../../errors.ts';
import type { DocumentValue } from './value.ts';

/** What a document says as JavaScript's values, or why it cannot be said. */
export type PlainValue =
  { readonly value: unknown } | { readonly problem: string; readonly position: DocumentPosition };

/** Makes objects and lists of a document; of a member that occurs twice, the last counts. */
export function plainValue(document: DocumentValue): PlainValue {
  const unfit: Unfit = { number: undefined };
  const value = convert(document, unfit);
  if (unfit.number === undefined) return { value };
  const { text, position } = unfit.number;
  return { problem: text === 'NaN' ? 'not a number' : 'a number is too large', position };
}

/** The first number that JSON cannot have. */
interface Unfit {
  number: Extract<DocumentValue, { kind: 'number' }> | undefined;
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
      // Go reads no number of JSON that a float64 cannot hold, and makes none of .inf and .nan of YAML.
      if (!Number.isFinite(number)) unfit.number ??= document;
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
