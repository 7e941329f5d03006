import { afterEach, expect, test } from '@jest/globals';
import { given, has, own } from '../../../src/util/own.ts';

interface Options {
  readonly size?: number;
}

afterEach(() => {
  Reflect.deleteProperty(Object.prototype, 'size');
});

const { prototype } = Object;

function pollute(size: number): void {
  Object.defineProperty(prototype, 'size', { value: size, configurable: true });
}

test('own members are those of the object itself', () => {
  pollute(1);
  const nothing: Options = {};
  expect(nothing.size).toBe(1);
  expect(own(nothing).size).toBeUndefined();
  expect(own<Options>({ size: 2 }).size).toBe(2);
});

test('a member is given by an object or its class, and not by Object.prototype', () => {
  class Sized implements Options {
    get size(): number {
      return 3;
    }
  }
  const [nothing, two]: readonly Options[] = [{}, { size: 2 }];
  expect([nothing, two, new Sized()].map((one: Options = {}) => given(one, 'size'))).toEqual([
    undefined,
    2,
    3,
  ]);
  pollute(1);
  expect([nothing, two, new Sized()].map((one: Options = {}) => given(one, 'size'))).toEqual([
    undefined,
    2,
    3,
  ]);
});

test('which one of a union an object is, is said by the object or its class, and not by Object.prototype', () => {
  class Sized {
    get size(): number {
      return 3;
    }
  }
  const seen = (): boolean[] =>
    [{ length: 1 }, { size: undefined }, { size: 1 }, new Sized()].map((one) => has(one, 'size'));
  expect(seen()).toEqual([false, true, true, true]);
  pollute(1);
  expect(seen()).toEqual([false, true, true, true]);
});
