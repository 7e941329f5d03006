import { expect, test } from '@jest/globals';
import { withoutUndefined } from '../../../src/util/without-undefined.ts';

test('Members that are undefined are left out, and no others', () => {
  const date = new Date(0);
  const object = withoutUndefined({ a: undefined, b: null, c: 0, d: '', e: false, f: date });
  expect(Object.entries(object)).toEqual([
    ['b', null],
    ['c', 0],
    ['d', ''],
    ['e', false],
    ['f', date],
  ]);
});

test('The object itself stays as it is', () => {
  const object: { readonly a?: string | undefined; readonly b: number } = { a: undefined, b: 1 };
  const without: { readonly a?: string; readonly b: number } = withoutUndefined(object);
  expect(without).not.toBe(object);
  expect(object).toHaveProperty('a');
});
