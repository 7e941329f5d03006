import { expect, test } from '@jest/globals';
import { isPlaceholder } from '../../../src/config/config-entry.ts';

test.each([
  [{ username: '', password: '' }, true],
  [{ username: '', password: '', email: 'a@b' }, true],
  [{ username: 'u', password: '' }, true],
  [{ username: '', password: 'p' }, false],
  [{ username: 'u', password: '', identityToken: 'i' }, false],
  [{ username: '', password: '', registryToken: 'r' }, false],
])('%j is an entry beside a store: %p', (entry, expected) => {
  expect(isPlaceholder({ rawKey: 'r.test', ...entry })).toBe(expected);
});
