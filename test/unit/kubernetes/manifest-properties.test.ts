import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { stringify } from 'yaml';

import { ManifestError } from '../../../src/errors.ts';
import { decodePullSecret } from '../../../src/kubernetes/secret/decode-pull-secret.ts';
import { parseManifests } from '../../../src/kubernetes/manifest/manifests.ts';
import { validatePullSecret } from '../../../src/kubernetes/secret/validate-pull-secret.ts';
import { amount } from '../fakes/amount.ts';

const SECRET = 'canary-5f1e';
/** What documents are made of, so that readers get further than the first character. */
const piece = fc.oneof(
  fc.constantFrom(...Array.from('-?:,[]{}#&*!|>\'"%@` \n\t\r\u0085\u2028\ufeff\\~=<')),
  fc.constantFrom(
    'a',
    '---\n',
    '...\n',
    '- ',
    ': ',
    '<<: ',
    'yes',
    '0b1',
    '1_0',
    '.inf',
    '!!int ',
    '{"a":1}',
  ),
  fc.string({ maxLength: 3, unit: 'binary' }),
);
const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }));

function withoutNegativeZero(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

async function outcomeOf(work: () => Promise<unknown>): Promise<unknown> {
  return work().catch((error: unknown) => error);
}

describe('parseManifests', () => {
  test('of any text gives objects, or an error with a place in the text', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (given) => {
        const outcome = await outcomeOf(() => parseManifests(given));
        if (Array.isArray(outcome)) return;
        if (!(outcome instanceof ManifestError)) throw outcome;
        const { line, column } = outcome.position;
        const lines = given.split(/\r\n|[\n\r\u0085\u2028\u2029]/);
        expect(line >= 1 && line <= lines.length + 1 && column >= 1).toBe(true);
      }),
      { numRuns: amount(200, 2000) },
    );
  });

  test('of any bytes does the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (bytes) => {
        const outcome = await outcomeOf(() => parseManifests(bytes));
        expect(Array.isArray(outcome) || outcome instanceof ManifestError).toBe(true);
      }),
      { numRuns: amount(200, 2000) },
    );
  });

  test('reads the JSON of an object as JSON.parse does', async () => {
    await fc.assert(
      fc.asyncProperty(json, async (object) => {
        const given = JSON.stringify(object);
        const [read] = await parseManifests(`${given}${given}`);
        expect(withoutNegativeZero(read)).toEqual(withoutNegativeZero(object));
      }),
    );
  });

  test('reads what another writer of YAML 1.1 wrote', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.string()),
        async (object) => {
          const written = stringify(
            { kind: 'A', ...object },
            { version: '1.1', defaultStringType: 'QUOTE_DOUBLE' },
          );
          await expect(parseManifests(written)).resolves.toEqual([{ kind: 'A', ...object }]);
        },
      ),
    );
  });

  test('quotes nothing of a text in its errors', async () => {
    await fc.assert(
      fc.asyncProperty(text, text, async (before, after) => {
        const outcome = await outcomeOf(() => parseManifests(before + SECRET + after));
        expect(outcome instanceof Error ? String(outcome.stack) : '').not.toContain(SECRET);
      }),
      { numRuns: amount(200, 2000) },
    );
  });
});

const anySecret = fc.record(
  {
    apiVersion: fc.constantFrom<unknown>('v1', 'v2', 5, null),
    metadata: fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constant({ name: 'x' })),
    type: fc.constantFrom<unknown>('kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg', 5),
    data: fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.dictionary(fc.constantFrom('.dockerconfigjson', '.dockercfg', 'a b'), fc.base64String()),
    ),
    stringData: fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.dictionary(fc.constantFrom('.dockerconfigjson', '.dockercfg'), fc.json()),
    ),
    immutable: fc.jsonValue({ maxDepth: 1 }),
  },
  { requiredKeys: [] },
);

describe('a Secret of whatever values', () => {
  test('is judged, and decoded, without an exception', () => {
    fc.assert(
      fc.property(anySecret, (secret) => {
        expect(Array.isArray(validatePullSecret(secret))).toBe(true);
        const { status } = decodePullSecret(secret as object, { tokens: true });
        expect(['used', 'ignored', 'malformed']).toContain(status);
      }),
      { numRuns: amount(200, 2000) },
    );
  });

  test('that the API server takes is used, ignored, or fails by a rule of the kubelet', () => {
    fc.assert(
      fc.property(anySecret, (secret) => {
        const findings = validatePullSecret(secret);
        if (findings.some((one) => one.rejectedBy === 'api-server')) return;
        const { status } = decodePullSecret(secret as object, { tokens: true });
        const fails = findings.some((one) => one.rejectedBy === 'kubelet');
        expect(status === 'malformed').toBe(fails);
      }),
      { numRuns: amount(200, 2000) },
    );
  });

  test('shows nothing of a password', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.string(), (other, key) => {
        const auths = { [`r.test/${key}`]: { username: 'u', password: SECRET, other }, other };
        const stringData = { '.dockerconfigjson': JSON.stringify({ auths, other }) };
        const secret = {
          metadata: { name: 'x' },
          type: 'kubernetes.io/dockerconfigjson',
          stringData,
        };
        expect(JSON.stringify(validatePullSecret(secret))).not.toContain(SECRET);
      }),
    );
  });
});
