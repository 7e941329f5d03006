import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  mayHoldSecret,
  shownReference,
  shownUrl,
} from '../../../../src/util/redaction/shown-url.ts';

const DIGEST = `sha256:${'0a'.repeat(32)}`;

describe('a URL or a registry key is shown without what may be a secret in it', () => {
  test.each([
    ['gcr.io', 'gcr.io'],
    ['https://gcr.io/v1/', 'https://gcr.io/v1/'],
    ['https://user:canary@gcr.io/a', 'https://[redacted]@gcr.io/a'],
    ['user:canary@gcr.io', '[redacted]@gcr.io'],
    ['canary@gcr.io', '[redacted]@gcr.io'],
    ['HTTPS://user:canary@gcr.io', 'HTTPS://[redacted]@gcr.io'],
    ['oci://user:canary@gcr.io', 'oci://[redacted]@gcr.io'],
    ['https://https://user:canary@gcr.io', 'https://[redacted]@gcr.io'],
    ['https://user:can/ary@gcr.io', 'https://[redacted]@gcr.io'],
    ['https://user:can@ary@gcr.io', 'https://[redacted]@gcr.io'],
    ['https://user:can\nary@gcr.io', 'https://[redacted]@gcr.io'],
    ['user:1/canary@gcr.io', '[redacted]@gcr.io'],
    ['user:canary%40gcr.io', '[redacted]%40gcr.io'],
    [`user:canary@${DIGEST}`, `[redacted]@${DIGEST}`],
    ['gcr.io?token=canary', 'gcr.io?[redacted]'],
    ['gcr.io/a#canary', 'gcr.io/a#[redacted]'],
    ['gcr.io?\ncanary', 'gcr.io?[redacted]'],
    ['gcr.io;token=canary', 'gcr.io;[redacted]'],
    ['gcr.io,token=canary', 'gcr.io,token=[redacted]'],
    ['gcr.io&canary', 'gcr.io&[redacted]'],
    ['https://user:canary@gcr.io/a?canary', 'https://[redacted]@gcr.io/a?[redacted]'],
    // The ? may be the password's, or the @ the token's.
    ['https://user:can?ary@gcr.io', 'https://[redacted]'],
    ['gcr.io?token=can@ary', '[redacted]'],
    ['', ''],
  ])('%p', (text, shown) => {
    expect(shownUrl(text)).toBe(shown);
    expect(mayHoldSecret(text)).toBe(shown !== text);
  });

  test('and is short', () => {
    expect(shownUrl('a'.repeat(300))).toBe(`${'a'.repeat(256)}…`);
    expect(shownUrl('a'.repeat(256))).toHaveLength(256);
    expect(mayHoldSecret('a'.repeat(300))).toBe(false);
  });
});

describe('an image reference is shown without what may be a secret in it', () => {
  test.each([
    ['https://user:pass@ghcr.io/acme/app', 'https://[redacted]@ghcr.io/acme/app'],
    ['user:pass@ghcr.io/acme/app', '[redacted]@ghcr.io/acme/app'],
    ['user:pass@localhost:5000/a', '[redacted]@localhost:5000/a'],
    ['token@ghcr.io/a', '[redacted]@ghcr.io/a'],
    ['ghcr.io/a?token=secret', 'ghcr.io/a?[redacted]'],
    [`user:pass@r.test/app@${DIGEST}`, `[redacted]@r.test/app@${DIGEST}`],
    [`user:pass@r.test/app:1@${DIGEST}`, `[redacted]@r.test/app:1@${DIGEST}`],
    [`https://user:pass@r.test/app@${DIGEST}`, `https://[redacted]@r.test/app@${DIGEST}`],
    [`r.test/app?token=pass@${DIGEST}`, `r.test/app?[redacted]@${DIGEST}`],
    ['https://user:pass@sha256:5000/app', 'https://[redacted]@sha256:5000/app'],
    ['user:pass@sha256:5000/app', '[redacted]@sha256:5000/app'],
    ['user:pass@sha256:5000', '[redacted]@sha256:5000'],
    ['user:pass@sha256', '[redacted]@sha256'],
    // A URL, by its form, and a user name is no secret (SECURITY.md).
    ['user://pass@r.test/app', 'user://[redacted]@r.test/app'],
    [`https://user:pass@${DIGEST}`, `https://[redacted]@${DIGEST}`],
    [`user:pass@${DIGEST}@r.test/app`, '[redacted]@r.test/app'],
    [`user:pass@r.test/app@${DIGEST}?x`, `[redacted]@${DIGEST}?[redacted]`],
  ])('%s', (reference, shown) => {
    expect(shownReference(reference)).toBe(shown);
  });

  test.each([
    `gcr.io/a:1@sha256:${'g'.repeat(64)}`,
    'a@sha256:1a',
    `a@blake3:${'0'.repeat(32)}`,
    `https://r.test/app@${DIGEST}`,
    '${REGISTRY}/app:{{ .tag }}',
  ])('and whole where there is none: %s', (reference) => {
    expect(shownReference(reference)).toBe(reference);
  });
});

test('no part of a user or password that stands before a host is shown, whatever it is made of', () => {
  // The letters of a password occur nowhere else.
  const password = fc.stringMatching(/^[A-Z@/?#;=&:%!\n]{0,12}[A-Z]$/);
  const scheme = fc.constantFrom('', 'https://', 'oci://', 'a://a://');
  const host = fc.constantFrom('r.test', 'sha256:5000', 'localhost:5000', DIGEST);
  const path = fc.constantFrom('/app', '/app:1', `/app@${DIGEST}`, '/app:1@sha256:0b', '/a?b#c');
  fc.assert(
    fc.property(scheme, password, host, path, (...[before, secret, name, rest]) => {
      // Without a scheme, `user:` before `//` is one.
      fc.pre(before !== '' || !secret.startsWith('//'));
      const text = `${before}user:${secret}@${name}${rest}`;
      expect(shownReference(text)).not.toMatch(/[A-Z]|user/);
      expect(shownUrl(text)).not.toMatch(/[A-Z]|user/);
    }),
  );
});

test('no part of a parameter is shown', () => {
  const parameter = fc.stringMatching(/^[?#;=&][A-Z@/?#;=&:%]{0,12}$/);
  fc.assert(
    fc.property(parameter, fc.constantFrom('', `@${DIGEST}`), (secret, digest) => {
      expect(shownReference(`r.test/app${secret}${digest}`)).not.toMatch(/[A-Z]/);
      expect(shownUrl(`r.test/app${secret}`)).not.toMatch(/[A-Z]/);
    }),
  );
});
