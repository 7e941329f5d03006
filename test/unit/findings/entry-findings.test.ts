import { describe, expect, test } from '@jest/globals';

import type { ConfigEntry } from '../../../src/config/config-entry.ts';
import { entryFindings } from '../../../src/findings/entry-findings.ts';
import type { Finding } from '../../../src/findings/finding.ts';

const NOW = Date.parse('2026-11-27T12:00:00Z');
const KEY_FILE = JSON.stringify({ type: 'service_account', private_key: 'canary' });

function found(entry: Partial<ConfigEntry>, isSecret = true): Finding[] {
  const whole = { rawKey: 'r.test', username: 'user', password: 'canary-password', ...entry };
  return entryFindings(whole, { key: 'r.test', field: 'auths[r.test]', isSecret, nowMs: NOW });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function tokenUntil(time: string): string {
  const claims = JSON.stringify({ exp: Date.parse(time) / 1000 });
  return `${base64('{"alg":"none"}')}.${base64(claims)}.canary`;
}

/** Each code: what causes it, and what is near it and does not. */
const CASES: Readonly<
  Record<
    string,
    {
      readonly causes: readonly Partial<ConfigEntry>[];
      readonly near: readonly Partial<ConfigEntry>[];
    }
  >
> = {
  'entry-empty': {
    causes: [{ username: '', password: '' }],
    near: [{ username: '', password: '', identityToken: 'canary' }],
  },
  'username-empty': { causes: [{ username: '' }], near: [{ username: ' ' }] },
  'password-empty': {
    causes: [{ password: '' }],
    near: [{ username: '<token>', password: '', identityToken: 'canary' }],
  },
  'password-line-break': {
    causes: [
      { password: 'canary\n' },
      { password: 'canary\r\n' },
      { username: 'user\n' },
      { password: 'canary\r' },
    ],
    near: [{ password: 'can\nary' }],
  },
  'outer-space': {
    causes: [{ password: ' canary' }, { username: 'user ' }, { password: '\tcanary' }],
    near: [{ password: 'can ary' }],
  },
  'password-placeholder': {
    causes: [
      { password: '${PASSWORD}' },
      { password: '$(PASSWORD)' },
      { password: '$REGISTRY_PASSWORD' },
      { password: '{{ .Values.password }}' },
      { password: '<your password>' },
      { password: 'None' },
      { password: 'null' },
      { password: 'undefined' },
      { password: '"canary"' },
      { password: "'canary'" },
      { username: '${USER}' },
    ],
    near: [
      { password: 'None1' },
      { password: 'pa$$word' },
      { password: '$2y$10$canary' },
      { password: '"' },
      { password: '"canary' },
      { username: '<token>', password: '', identityToken: 'canary' },
    ],
  },
  'auth-beside-password': {
    causes: [{ overruled: 'username' }, { overruled: 'password' }],
    near: [{ overruled: undefined }],
  },
  'json-key-malformed': {
    causes: [
      { username: '_json_key', password: 'canary' },
      { username: '_json_key', password: '{"canary":1}' },
      { username: '_json_key', password: base64(KEY_FILE) },
      { username: '_json_key_base64', password: KEY_FILE },
      { username: '_json_key_base64', password: base64('{"private_key":"canary') },
    ],
    near: [
      { username: '_json_key', password: KEY_FILE },
      { username: '_json_key_base64', password: base64(KEY_FILE) },
      { username: 'json_key', password: 'canary' },
    ],
  },
  'identity-token-ignored': {
    causes: [
      { username: '<token>', password: '', identityToken: 'canary' },
      { identityToken: 'canary' },
      { registryToken: 'canary' },
    ],
    near: [{}],
  },
  'not-utf8': { causes: [{ basicBytes: Uint8Array.of(0xff) }], near: [{ password: '\ufffd' }] },
  'credential-expired': {
    causes: [
      { password: tokenUntil('2026-11-27T11:59:59Z') },
      { username: '', password: '', identityToken: tokenUntil('2020-01-01T00:00:00Z') },
      { username: '', password: '', registryToken: tokenUntil('2020-01-01T00:00:00Z') },
    ],
    near: [{ password: tokenUntil('2026-11-27T12:00:01Z') }],
  },
  'credential-short-lived': {
    causes: [
      { username: 'AWS' },
      { username: 'oauth2accesstoken' },
      { username: '00000000-0000-0000-0000-000000000000' },
    ],
    near: [
      { username: 'aws' },
      { username: 'AWS', password: tokenUntil('2027-01-01T00:00:00Z') },
      { username: '00000000-0000-0000-0000-000000000000', password: '' },
    ],
  },
};

describe.each(Object.entries(CASES))('%s', (code, { causes, near }) => {
  test.each(causes)('is found in %j', (entry) => {
    const findings = found(entry);
    expect(findings.map((one) => one.code)).toContain(code);
    expect(JSON.stringify(findings)).not.toContain('canary');
    expect(findings[0]?.where).toEqual({ key: 'r.test', field: 'auths[r.test]' });
  });

  test.each(near)('is not found in %j', (entry) => {
    expect(found(entry).map((one) => one.code)).not.toContain(code);
  });
});

test.each(['robot', 'robot$'])('the user name %s is noted', (username) => {
  expect(found({ username })).toMatchObject([{ code: 'username-cut-off', severity: 'note' }]);
  expect(found({ username: `${username}$ci` })).toEqual([]);
});

test('a key file under the wrong one of two user names gets the right name', () => {
  const [raw] = found({ username: '_json_key_base64', password: KEY_FILE });
  expect(raw?.hint).toBe('Use the user name _json_key.');
  const [encoded] = found({ username: '_json_key', password: base64(KEY_FILE) });
  expect(encoded?.hint).toBe('Use the user name _json_key_base64.');
});

test('tokens in a file are no fault: others than kubelets read them', () => {
  expect(found({ username: '<token>', password: '', identityToken: 'canary' }, false)).toEqual([]);
});

test('an end is told as an instant', () => {
  const [finding] = found({ password: tokenUntil('2020-01-02T03:04:05Z') });
  expect(finding?.message).toBe('the token ended at 2020-01-02T03:04:05.000Z');
});
