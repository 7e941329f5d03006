import { expect, test } from '@jest/globals';
import { evictOldest } from '../../../src/util/evict-oldest.ts';

test('what was added longest ago goes first, and is told of', () => {
  const map = new Map([
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ]);
  const gone: number[] = [];
  evictOldest(map, 1, (value) => gone.push(value));
  expect([...map.keys()]).toEqual(['c']);
  expect(gone).toEqual([1, 2]);
  evictOldest(map, 1);
  evictOldest(map, 0);
  expect(map.size).toBe(0);
});
