import { describe, expect, test } from '@jest/globals';
import { createSecretMemory } from '../../../src/providers/secret-memory.ts';
import { CANARIES, secretsIn } from '../leaks/canaries.ts';

function memoryOf(...secrets: string[]): ReturnType<typeof createSecretMemory> {
  const memory = createSecretMemory();
  for (const secret of secrets) memory.remember(secret);
  return memory;
}

const SECRETS = Object.values(CANARIES);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a text is shown without', () => {
  const { redact } = memoryOf(...SECRETS);

  test.each([
    ['the secret', (secret: string) => `refused ${secret} here`],
    ['its beginning', (secret: string) => `refused ${secret.slice(0, 10)}… here`],
    ['its end', (secret: string) => `refused …${secret.slice(-10)} here`],
    ['its parts in a row', (secret: string) => secret.slice(0, 9) + secret.slice(4)],
    ['its URL form', (secret: string) => `GET /?q=${encodeURIComponent(secret)}`],
    ['its base64', (secret: string) => base64(secret)],
    ['its base64 behind a user name', (secret: string) => base64(`u:${secret}`)],
    ['its base64 behind a longer user name', (secret: string) => base64(`us:${secret}`)],
    ['its base64 behind the longest user name', (secret: string) => base64(`use:${secret}`)],
    ['its base64 for URLs', (secret: string) => Buffer.from(`?>${secret}`).toString('base64url')],
    ['itself twice', (secret: string) => `${secret} and ${secret}`],
  ])('%s', (_name, make) => {
    for (const secret of SECRETS) {
      const shown = redact(make(secret));
      expect(secretsIn(shown)).toEqual([]);
      expect(shown).toContain('[redacted]');
    }
  });

  test('a secret that JSON escapes', () => {
    const memory = memoryOf('a"b\\c"d\\e');
    expect(memory.redact(JSON.stringify({ p: 'a"b\\c"d\\e' }))).toBe('{"p":"[redacted]"}');
  });

  test('a bearer token, a JWT, the credentials of a URL, or a named secret that it never knew', () => {
    const { redact: plain } = createSecretMemory();
    expect(plain('Authorization: Bearer abc.def-ghi')).toBe('Authorization: Bearer [redacted]');
    expect(plain('got eyJhbGciOiJI.eyJzdWIi.c2ln!')).toBe('got [redacted]!');
    expect(plain('https://me:secret@r.test/v2')).toBe('https://[redacted]@r.test/v2');
    expect(plain('GET /t?client_secret=abc&x=1')).toBe('GET /t?client_secret=[redacted]&x=1');
    expect(plain(parseFailure('{"password":hunter2}'))).not.toContain('unter2');
    expect(plain(parseFailure('hunter2'))).not.toContain('unter2');
  });

  test('what is behind its first 4,000 characters', () => {
    expect(redact('a'.repeat(5000))).toBe(`${'a'.repeat(4000)}…`);
  });
});

describe('a text keeps', () => {
  test('everything when it holds no secret', () => {
    const text = 'connect ECONNREFUSED 127.0.0.1:443 – naïve 🦊';
    expect(memoryOf(...SECRETS, 'p', 'wxyz').redact(text)).toBe(text);
  });

  test('words in which a short secret happens to stand', () => {
    const memory = memoryOf('p', 'a.b');
    expect(memory.redact('p is the password; a.b is one, apb is none')).toBe(
      '[redacted] is the password; [redacted] is one, apb is none',
    );
    expect(memoryOf('pass').redact('passing')).toBe('[redacted]ing');
  });

  test('nothing is remembered of an empty secret, or of one that was replaced long ago', () => {
    const memory = createSecretMemory();
    memory.remember('');
    memory.remember(undefined);
    for (let index = 0; index < 33; index += 1) memory.remember(`secret number ${index + 100}`);
    memory.remember('secret number 132');
    expect(memory.redact('[secret number 132]')).toBe('[[redacted]]');
  });
});

function parseFailure(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch (error) {
    return (error as Error).message;
  }
}
