import { describe, expect, test } from '@jest/globals';
import {
  readOptions,
  isBooleanOption,
  isFunctionOption,
  isSystemOption,
  isText,
  membersProblem,
  oneOf,
} from '../../../src/util/option-checks.ts';

const CHECKS = { flag: isBooleanOption, mode: oneOf('a', 'b') };

describe('options', () => {
  test.each<[unknown, string | undefined]>([
    [{}, undefined],
    [{ flag: true, mode: 'b' }, undefined],
    [{ flag: undefined }, undefined],
    [null, 'f: the options must be an object'],
    [[], 'f: the options must be an object'],
    [{ flags: true }, 'f: there is no option "flags"; there are flag, mode'],
    [{ toString: true }, 'f: there is no option "toString"; there are flag, mode'],
    [{ flag: 1 }, 'f: flag must be true or false'],
    [{ mode: 'c' }, "f: mode must be 'a' or 'b'"],
  ])('%j', (options, message) => {
    expect(thrownBy(() => readOptions('f', options as object, CHECKS))).toEqual(
      message === undefined ? undefined : new TypeError(message),
    );
  });

  test('are given as a copy that inherits nothing', () => {
    const options = { flag: true };
    const read = readOptions('f', options, CHECKS);
    expect(Object.entries(read)).toEqual([['flag', true]]);
    expect([read === options, Object.getPrototypeOf(read)]).toEqual([false, null]);
  });

  test('of options are checked in the same way', () => {
    expect(membersProblem({ flag: 1 }, CHECKS)).toBe('flag must be true or false');
    expect(membersProblem({ flag: false }, CHECKS)).toBeUndefined();
  });
});

test('values are judged one by one', () => {
  expect(isFunctionOption(() => {})).toBeUndefined();
  expect(isFunctionOption('x')).toBe('must be a function');
  expect(isSystemOption({})).toBeUndefined();
  expect(isSystemOption(1)).toBe('must be a System');
  expect([isText('x'), isText(''), isText(1)]).toEqual([true, false, false]);
});

function thrownBy(check: () => void): unknown {
  try {
    check();
    return undefined;
  } catch (error) {
    return error;
  }
}
