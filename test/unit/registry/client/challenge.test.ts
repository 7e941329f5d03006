// Challenges as the specifications have them, and as containerd reads them, whatever they are.

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseChallenges } from '../../../../src/providers/cloud/http-challenge.ts';
import {
  readChallenge,
  readChallengeAsContainerd,
} from '../../../../src/registry/client/challenge.ts';

const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,12}$/);
const value = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
});
const parameters = fc.uniqueArray(fc.tuple(token, value), {
  minLength: 1,
  selector: ([name]) => name.toLowerCase(),
});
const challenge = fc.tuple(token, parameters);
const blanks = fc.stringMatching(/^[ \t]{0,3}$/);
const header = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
});

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

describe('A reader of challenges', () => {
  test('reads what is written by the rules, however many there are in a header', () => {
    fc.assert(
      fc.property(fc.array(challenge), blanks, (challenges, blank) => {
        const written = challenges.map(([scheme, all]) => {
          const texts = all.map(([name, text]) => `${name}${blank}=${blank}${quoted(text)}`);
          return `${scheme} ${texts.join(`${blank},${blank}`)}`;
        });
        const expected = challenges.map(([scheme, all]) => ({
          scheme: scheme.toLowerCase(),
          parameters: new Map(all.map(([name, text]) => [name.toLowerCase(), text])),
        }));
        expect(parseChallenges([written.join(`${blank},`)])).toEqual(expected);
        expect(parseChallenges(written)).toEqual(expected);
      }),
    );
  });

  test('never fails', () => {
    fc.assert(
      fc.property(fc.array(header), (headers) => {
        for (const read of [readChallenge, readChallengeAsContainerd]) {
          expect(read(headers).scheme).toMatch(/^(?:none|basic|bearer|unknown)$/);
        }
      }),
    );
  });

  test('agrees with containerd on what has no blanks, and a header of its own', () => {
    fc.assert(
      fc.property(value, value, (realm, service) => {
        const written = [
          `Bearer realm=${quoted(realm)},service=${quoted(service)}`,
          'Basic realm="r"',
        ];
        const expected = { scheme: 'bearer', realm, service, scopes: [] };
        expect(readChallenge(written)).toEqual(expected);
        expect(readChallengeAsContainerd(written)).toEqual({
          ...expected,
          service: service === '' ? undefined : service,
        });
      }),
    );
  });

  test('reads a header of any length at once', () => {
    const long = [
      '"'.repeat(50_000),
      `Bearer a="${'\\'.repeat(50_000)}`,
      `Bearer ${'a=b,'.repeat(20_000)}`,
      `Bearer${' '.repeat(50_000)}`,
      `Bearer realm="r",scope="${'a:b:c '.repeat(10_000)}"`,
    ];
    const schemes = [readChallenge, readChallengeAsContainerd].map((read) =>
      long.map((text) => read([text]).scheme),
    );
    expect(schemes).toEqual([
      ['none', 'unknown', 'unknown', 'unknown', 'bearer'],
      ['unknown', 'unknown', 'unknown', 'unknown', 'bearer'],
    ]);
  });
});
