import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { placeProblems } from '../../../src/config/decoding.ts';
import { foldName } from '../../../src/go/fold-name.ts';

test.each([
  ['AUTHS', 'auths'],
  ['authſ', 'auths'],
  ['\u212A', 'k'],
  ['__PROTO__', '__proto__'],
])('the name %p folds to %p', (name, folded) => {
  expect(foldName(name)).toBe(folded);
});

describe('placeProblems', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test('counts lines and columns from 1, columns in characters', () => {
    expect(positions('abc', [0, 3])).toEqual([
      [1, 1],
      [1, 4],
    ]);
    expect(positions('a\n\nbc\n', [0, 1, 2, 3, 4, 6])).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
      [3, 1],
      [3, 2],
      [4, 1],
    ]);
    expect(positions('üü€😀x', [11])).toEqual([[1, 5]]);
    expect(positions('ü\nüx', [5])).toEqual([[2, 2]]);
  });

  test('puts problems into the order of the document', () => {
    expect(positions('abc', [2, 0, 2])).toEqual([
      [1, 1],
      [1, 3],
      [1, 3],
    ]);
  });

  test('keeps the entry’s name where there is one', () => {
    const [problem] = placeProblems(Buffer.from('x'), [{ ...at(0), rawKey: 'u:canary@gcr.io' }]);
    expect(problem).toEqual({
      reason: 'r',
      strict: true,
      entry: '[redacted]@gcr.io',
      position: { line: 1, column: 1 },
    });
  });

  test.each([
    ['one line', ' '],
    ['many lines', '\n'],
  ])('looks at each byte of a document of %s once, however many problems it has', (_name, fill) => {
    const text = fill.repeat(50_000);
    const offsets = Array.from(text, (_, offset) => offset);
    let looks = 0;
    const bytes = Buffer.from(text);
    const { subarray, indexOf } = Buffer.prototype;
    jest.spyOn(Buffer.prototype, 'subarray').mockImplementation(function part(
      this: Buffer,
      ...range
    ) {
      const taken = subarray.apply(this, range);
      looks += taken.length;
      return taken;
    });
    jest.spyOn(Buffer.prototype, 'indexOf').mockImplementation(function find(
      this: Buffer,
      value,
      from,
    ) {
      const found = indexOf.call(this, value, from);
      looks += (found < 0 ? this.length : found + 1) - Number(from);
      return found;
    });
    expect(placeProblems(bytes, offsets.map(at))).toHaveLength(50_000);
    expect(looks).toBeLessThan(3 * text.length);
  });
});

function at(offset: number): Parameters<typeof placeProblems>[1][number] {
  return { reason: 'r', offset, strict: true };
}

function positions(text: string, offsets: readonly number[]): (readonly [number, number])[] {
  const problems = placeProblems(Buffer.from(text), offsets.map(at));
  return problems.map(({ position: { line, column } }) => [line, column] as const);
}
