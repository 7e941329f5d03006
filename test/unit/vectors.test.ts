import { describe, expect, test } from '@jest/globals';
import type { Vector } from '../conformance/cases.ts';
import { libraryDifferences, readVectors } from '../conformance/vectors.ts';
import { casesOf } from './fakes/amount.ts';

const upstream = byTable(await readVectors('upstream'));
const generated = await readVectors('generated');

describe("the library gives the answers that the kubelet's packages expect in their own tests", () => {
  test.each([...upstream])('%s', async (_table, vectors) => {
    expect(await libraryDifferences(vectors)).toEqual([]);
  });
});

test('the library gives the answers that the kubelet gave to recorded cases', async () => {
  expect(await libraryDifferences(casesOf(generated, 5))).toEqual([]);
});

/** An upstream table is a file and a test; what comes after them names the row. */
function byTable(vectors: readonly Vector[]): Map<string, Vector[]> {
  const tables = new Map<string, Vector[]>();
  for (const vector of vectors) {
    const table = (vector.origin ?? '').replace(/: .*/, '');
    tables.set(table, [...(tables.get(table) ?? []), vector]);
  }
  return tables;
}
