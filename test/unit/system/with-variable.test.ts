import { afterEach, expect, test } from '@jest/globals';
import { withVariable } from '../../../src/system/with-variable.ts';

const NAME = 'DOCKER_KEYRING_TEST_VARIABLE';

afterEach(() => {
  delete process.env[NAME];
});

function fail(): never {
  throw new Error('failed');
}

test.each([[undefined], ['before'], ['']])(
  'A variable that was %p is so again after the call, whatever comes of it',
  (before) => {
    if (before !== undefined) process.env[NAME] = before;
    expect(withVariable(NAME, 'during', () => process.env[NAME])).toBe('during');
    expect(process.env[NAME]).toBe(before);
    expect(() => withVariable(NAME, 'during', fail)).toThrow('failed');
    expect(process.env[NAME]).toBe(before);
    expect(NAME in process.env).toBe(before !== undefined);
  },
);
