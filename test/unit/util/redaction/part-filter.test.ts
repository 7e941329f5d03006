import { describe, expect, test } from '@jest/globals';

import { createPartFilter, type PartFilter } from '../../../../src/util/redaction/part-filter.ts';
import { Random } from '../../../conformance/random.ts';

function placesIn(filter: PartFilter, text: string): number[] {
  const places: number[] = [];
  filter.find(text, (start) => void places.push(start));
  return places;
}

function textOf(random: Random, length: number): string {
  return random.times(length, () => String.fromCharCode(0x21 + random.below(90))).join('');
}

describe('A filter of parts', () => {
  test('finds each part of eight characters, wherever it stands', () => {
    const filter = createPartFilter();
    filter.add('0123456789');
    filter.add('short');
    expect(placesIn(filter, '..0123456789.')).toEqual([2, 3, 4]);
    expect(placesIn(filter, '3456789')).toEqual([]);
    expect(placesIn(filter, 'short, or shorter')).toEqual([]);
  });

  test('that is empty finds nothing', () => {
    expect(placesIn(createPartFilter(), 'a text of any length')).toEqual([]);
  });

  test('mistakes hardly any other text, and still finds all when it has grown', () => {
    const random = new Random(1, 1);
    const secrets = random.times(600, () => textOf(random, 1000));
    const other = textOf(random, 20_000);
    const filter = createPartFilter();
    for (const secret of secrets.slice(0, 100)) filter.add(secret);
    expect(placesIn(filter, other)).toEqual([]);
    for (const secret of secrets.slice(100)) filter.add(secret);
    expect(placesIn(filter, other).length).toBeLessThan(5);
    for (const secret of [secrets[0], secrets[300], secrets[599]]) {
      expect(placesIn(filter, secret as string)).toHaveLength(993);
    }
  });
});
