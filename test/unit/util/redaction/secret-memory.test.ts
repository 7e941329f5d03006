import { describe, expect, test } from '@jest/globals';
import { array, assert, constantFrom, property, string } from 'fast-check';
import { createSecretMemory, secretsOf } from '../../../../src/util/redaction/secret-memory.ts';
import { CANARIES, secretsIn } from '../../leaks/canaries.ts';

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
    expect(plain('bad answer {"access_token": "a\\"bc", "x": "y"}')).toBe(
      'bad answer {"access_token": "[redacted]", "x": "y"}',
    );
    expect(plain('failed for user:hunter2@reg.io')).toBe('failed for user:[redacted]@reg.io');
    expect(plain('aws login --password hunter2 --region x')).toBe(
      'aws login --password [redacted] --region x',
    );
  });

  test('what is behind its first 4,000 characters', () => {
    expect(redact('a'.repeat(5000))).toBe(`${'a'.repeat(4000)}…`);
  });
});

describe('a text keeps', () => {
  test('everything when it holds no secret', () => {
    const text = 'connect ECONNREFUSED 127.0.0.1:443 – naïve 🦊';
    expect(memoryOf(...SECRETS, 'p', 'wxyz').redact(text)).toBe(text);
    const image = 'r.test/app:1.0@sha256:0123 has a token, and no password';
    expect(memoryOf().redact(image)).toBe(image);
  });

  test('words in which a short secret happens to stand', () => {
    const memory = memoryOf('p', 'a.b');
    expect(memory.redact('p is the password; a.b is one, apb is none')).toBe(
      '[redacted] is the password; [redacted] is one, apb is none',
    );
    expect(memoryOf('pass').redact('passing')).toBe('[redacted]ing');
  });

  test('the words behind a secret that is empty, or not there', () => {
    const memory = memoryOf('');
    memory.remember(undefined);
    expect(memory.redact('refused here')).toBe('refused here');
  });
});

const secretOf = (answer: number, index = 0): string => `secret ${answer}/${index} of many`;

const letters = (answer: number): string => 'abcdefgh'.charAt(answer).repeat(12);

describe('a memory', () => {
  const large = 'x'.repeat(100_000);

  test('knows all of an answer, however many secrets it has', () => {
    const memory = createSecretMemory();
    const answer = Array.from({ length: 20_000 }, (_, index) => secretOf(1, index));
    memory.remember(answer);
    memory.remember('a token that came later');
    for (const index of [0, 17, 33, 19_999]) {
      expect(memory.redact(`[${secretOf(1, index)}]`)).toBe('[[redacted]]');
    }
  });

  test('forgets the oldest answers beyond half a million characters, and what is renewed last', () => {
    const memory = createSecretMemory();
    for (let answer = 0; answer < 8; answer += 1) {
      memory.remember([letters(answer), `${answer}${large}`]);
      memory.remember(letters(0));
    }
    const isKnown = (answer: number): boolean => memory.isIn(letters(answer));
    expect([0, 1, 2, 3, 4, 5, 6, 7].map(isKnown)).toEqual([
      true,
      false,
      false,
      true,
      true,
      true,
      true,
      true,
    ]);
  });

  test('knows whether a text of any length holds a secret', () => {
    const { isIn } = memoryOf('a-secret-here');
    expect(isIn(`${'a'.repeat(50_000)}a-secret-here`)).toBe(true);
    expect(isIn('a'.repeat(50_000))).toBe(false);
    expect(isIn('Authorization: Bearer abc.def-ghi')).toBe(true);
  });

  test('holds a short password with its user name, whose base64 has no part of eight characters of it', () => {
    const memory = createSecretMemory();
    memory.remember(secretsOf([{ username: 'ada', password: 'short' }]));
    expect(memory.redact(`Basic-${base64('ada:short')}`)).toBe('Basic-[redacted]');
    expect(secretsOf([{ username: 'ada', password: '' }]).filter(Boolean)).toEqual([]);
  });
});

describe('of any secret and any text around it', () => {
  const texts = string({ unit: 'grapheme', maxLength: 40 });
  const secret = string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 60 });
  const encodings: readonly ((secret: string) => string)[] = [
    (text) => text,
    (text) => encodeURIComponent(text),
    (text) => JSON.stringify(text),
    (text) => base64(text),
    (text) => base64(`user:${text}`),
  ];

  test('no eight characters in a row are shown, however it is written', () => {
    assert(
      property(texts, secret, texts, constantFrom(...encodings), (before, value, after, encode) => {
        const shown = memoryOf(value).redact(before + encode(value) + after);
        const parts = Array.from({ length: value.length - 7 }, (_, at) => value.slice(at, at + 8));
        // What stands around a secret may be the same as the mark that takes its place.
        expect(
          parts.filter((part) => !'[redacted]'.includes(part) && shown.includes(part)),
        ).toEqual([]);
      }),
    );
  });

  test('what holds nothing of it stays as it is', () => {
    const plain = string({ unit: constantFrom('a', 'b', ' ', '.'), maxLength: 200 });
    const other = string({ unit: constantFrom('X', 'Y', 'Z'), minLength: 8, maxLength: 30 });
    assert(
      property(plain, array(other, { maxLength: 20 }), (text, others) => {
        const memory = createSecretMemory();
        memory.remember(others);
        expect([memory.redact(text), memory.isIn(text)]).toEqual([text, false]);
      }),
    );
  });
});

function parseFailure(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch (error) {
    return (error as Error).message;
  }
}
