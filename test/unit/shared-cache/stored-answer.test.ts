import { describe, expect, test } from '@jest/globals';
import {
  formatStoredAnswer,
  isStorable,
  parseStoredAnswer,
} from '../../../src/shared-cache/stored-answer.ts';
import { answerAt, HOUR_MS } from './simulation.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const DAY_MS = 24 * HOUR_MS;
const answer = answerAt(NOW_MS);

describe('An answer that was written', () => {
  test('is read as it was, dates and tokens too', () => {
    const { response } = answer;
    const auth = {
      '*.example.com': { username: '', password: '', identityToken: 'i', registryToken: 'r' },
    };
    const rich = { ...answer, response: { ...response, auth } };
    expect(parseStoredAnswer(formatStoredAnswer(rich), NOW_MS)).toEqual(rich);
  });

  test('is read as it was without an expiry of its own', () => {
    const { auth, cacheKeyType } = answer.response;
    const plain = { ...answer, response: { auth, cacheKeyType } };
    expect(parseStoredAnswer(formatStoredAnswer(plain), NOW_MS)).toEqual(plain);
  });

  test('is not there once it has expired', () => {
    const text = formatStoredAnswer(answer);
    expect(parseStoredAnswer(text, NOW_MS + HOUR_MS - 1)).toEqual(answer);
    expect(parseStoredAnswer(text, NOW_MS + HOUR_MS)).toBeUndefined();
  });
});

describe('Nothing is read', () => {
  const written = JSON.parse(formatStoredAnswer(answer)) as Record<string, unknown>;

  test.each([
    ['text that is no JSON', 'token'],
    ['null', 'null'],
    ['an array', '[]'],
    ['nothing', '{}'],
  ])('from %s', (_what, text) => {
    expect(parseStoredAnswer(text, NOW_MS)).toBeUndefined();
  });

  test.each([
    ['receivedAtMs', '1767225600000'],
    ['receivedAtMs', NOW_MS + HOUR_MS],
    ['expiresAtMs', null],
    ['expiresAtMs', NOW_MS + 401 * DAY_MS],
    ['responseExpiresAtMs', 'tomorrow'],
    ['responseExpiresAtMs', 1e300],
    ['cacheKeyType', 'World'],
    ['auth', []],
    ['auth', { 'registry.example.com': { username: 'user', password: 7 } }],
  ])('where %s is %p', (member, value) => {
    const text = JSON.stringify({ ...written, [member]: value });
    expect(parseStoredAnswer(text, NOW_MS)).toBeUndefined();
  });
});

describe('An answer', () => {
  test.each([
    ['in an hour', NOW_MS + HOUR_MS, true],
    ['in a year', NOW_MS + 365 * DAY_MS, true],
    ['now', NOW_MS, false],
    ['in a century', NOW_MS + 36_500 * DAY_MS, false],
    ['never', Infinity, false],
    ['nobody knows when', NaN, false],
  ])('that expires %s may or may not be kept', (_when, expiresAtMs, expected) => {
    expect(isStorable({ ...answer, expiresAtMs }, NOW_MS)).toBe(expected);
  });
});
