import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { InvalidReferenceError } from '../../../src/errors.ts';
import {
  parseImageReference,
  type ImageReference,
} from '../../../src/reference/image-reference.ts';
import { scanReference } from '../../../src/reference/scan-reference.ts';
import { amount } from '../fakes/amount.ts';

const RUNS = { numRuns: amount(1000, 10_000) };

// github.com/distribution/reference v0.6.0, regexp.go: the grammar as it is written there.
const LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const NAME = `${LABEL}(?:\\.${LABEL})*`;
const DOMAIN = `(?:${NAME}|\\[(?:[a-fA-F0-9:]+)\\])(?::[0-9]+)?`;
const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const PATH = `${COMPONENT}(?:/${COMPONENT})*`;
const TAG = '[\\w][\\w.-]{0,127}';
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*[:][0-9a-fA-F]{32,}';
const REFERENCE = new RegExp(`^((?:${DOMAIN}/)?${PATH})(?::(${TAG}))?(?:@(${DIGEST}))?$`);

const HEX = '0123456789abcdef'.repeat(4);
const nearReference = fc
  .array(
    fc.constantFrom(
      ...Array.from('abAZ09.-_/:@[]'),
      '__',
      '--',
      'localhost',
      'r.test',
      ':5000',
      `@sha256:${HEX}`,
    ),
    { maxLength: 10 },
  )
  .map((pieces) => pieces.join(''));

/** `undefined` for what is no reference. */
function expectedParts(text: string): object | undefined {
  const [, name, tag = '', digest = ''] = REFERENCE.exec(text) ?? [];
  // go-digest judges after the grammar.
  const isRefused = digest !== '' && digest !== `sha256:${HEX}`;
  return name === undefined || isRefused ? undefined : { name, tag, digest };
}

test('the scanner takes what the grammar of distribution/reference takes, and takes it apart alike', () => {
  fc.assert(
    fc.property(nearReference, (text) => {
      const scanned = scanReference(text);
      expect(typeof scanned === 'string' ? undefined : scanned).toEqual(expectedParts(text));
    }),
    RUNS,
  );
});

test('any text is a reference or an InvalidReferenceError, and a reference names itself', () => {
  fc.assert(
    fc.property(fc.oneof(nearReference, fc.string({ unit: 'binary' })), (text) => {
      const reference = parsed(text);
      if (reference === undefined) return;
      const { name, tag, digest } = reference;
      const suffix =
        (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`);
      expect(parseImageReference(name + suffix)).toEqual(reference);
    }),
    RUNS,
  );
});

function parsed(text: string): ImageReference | undefined {
  try {
    return parseImageReference(text);
  } catch (error) {
    if (error instanceof InvalidReferenceError) return undefined;
    throw error;
  }
}
