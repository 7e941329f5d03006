import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeAuthField } from '../../../src/config/auth-field.ts';
import { decodeDockerConfig } from '../../../src/config/docker-config.ts';
import { checkJson, jsonReader } from '../../../src/go/json.ts';
import { readString } from '../../../src/go/json-string.ts';
import { decodeGoUtf8 } from '../../../src/go/utf8.ts';
import { amount } from '../fakes/amount.ts';

const RUNS = { numRuns: 1000 };

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Pieces of which most texts are nearly JSON. */
const nearJson = fc
  .array(
    fc.constantFrom(
      ...Array.from('{}[],:"\\ \n0123456789-+.eEu'),
      'true',
      'false',
      'null',
      '"a"',
      '\\u00e9',
    ),
    {
      maxLength: 14,
    },
  )
  .map((pieces) => pieces.join(''));

describe('the JSON reader takes what JSON.parse takes, whose grammar Go’s is', () => {
  test('of whole documents, and of their beginnings', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, cut) => {
        expect(checkJson(Buffer.from(text))).toBeUndefined();
        const beginning = text.slice(0, cut % text.length);
        expect(checkJson(Buffer.from(beginning)) === undefined).toBe(isJson(beginning));
      }),
      RUNS,
    );
  });

  test('of texts that are nearly JSON', () => {
    fc.assert(
      fc.property(nearJson, (text) => {
        expect(checkJson(Buffer.from(text)) === undefined).toBe(isJson(text));
      }),
      { numRuns: amount(1000, 10_000) },
    );
  });
});

test('a string is read as it was written; what is no Unicode becomes U+FFFD', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const reader = jsonReader(Buffer.from(JSON.stringify(text)));
      expect(readString(reader)).toBe(text.toWellFormed());
    }),
    RUNS,
  );
});

test('bytes that are UTF-8 are their text; each other byte is one U+FFFD', () => {
  const BAD = [0x80, 0xbf, 0xc0, 0xc1, 0xf5, 0xff];
  const piece = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 3 }), fc.constantFrom(...BAD));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const bytes = pieces.map((one) =>
        typeof one === 'string' ? Buffer.from(one.toWellFormed()) : Buffer.of(one),
      );
      const text = pieces.map((one) => (typeof one === 'string' ? one.toWellFormed() : '\ufffd'));
      expect(decodeGoUtf8(Buffer.concat(bytes))).toBe(text.join(''));
    }),
    RUNS,
  );
});

test('an entry that is written is read back, whatever its name and secrets', () => {
  const text = fc.string({ unit: 'grapheme' }).map((some) => some.toWellFormed());
  const username = text.filter((some) => !some.includes(':'));
  fc.assert(
    fc.property(text, username, text, (rawKey, user, password) => {
      const auth = Buffer.from(`${user}:${password}`).toString('base64');
      expect(decodeAuthField(auth)).toEqual({ username: user, password });
      const document = JSON.stringify({ auths: Object.fromEntries([[rawKey, { auth }]]) });
      const { entries, problems } = decodeDockerConfig(Buffer.from(document), 'config.json', {
        tokens: true,
      });
      expect(entries).toEqual([{ rawKey, username: user, password }]);
      expect(problems).toEqual([]);
    }),
    RUNS,
  );
});

test('any bytes are read without an error, and problems have places in them', () => {
  const document = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    nearJson.map((text) => Buffer.from(`{"auths":{"a":${text}}}`)),
  );
  fc.assert(
    fc.property(document, fc.boolean(), (bytes, tokens) => {
      const { problems, fatal } = decodeDockerConfig(bytes, 'config.json', { tokens });
      expect(fatal).toBe(
        problems.some(({ reason }) => /^not JSON|^the (?:JSON|document)/.test(reason)),
      );
      for (const { position } of problems) {
        expect(position.line).toBeGreaterThan(0);
        expect(position.column).toBeLessThanOrEqual(bytes.length + 1);
      }
    }),
    RUNS,
  );
});
