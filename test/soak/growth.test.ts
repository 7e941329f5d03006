import { describe, expect, test } from '@jest/globals';
import * as main from '../../src/index.ts';
import * as kubelet from '../../src/kubelet/index.ts';
import * as kubernetes from '../../src/kubernetes/index.ts';
import * as providers from '../../src/providers/index.ts';
import * as registry from '../../src/registry/index.ts';
import * as serve from '../../src/serve/index.ts';
import * as testing from '../../src/testing/index.ts';
import { measureGrowth, QUADRATIC_RATIO, type GrowthRow } from './growth/measure.ts';
import { DOCUMENT_ROWS } from './growth/rows-of-documents.ts';
import { OTHER_ROWS } from './growth/rows-of-others.ts';
import { TEXT_ROWS } from './growth/rows-of-texts.ts';

const ROWS: readonly GrowthRow[] = [...TEXT_ROWS, ...DOCUMENT_ROWS, ...OTHER_ROWS];

/** Functions that take no text or document of others, and why. */
const WITHOUT_TEXT: Readonly<Record<string, string>> = {
  KeyringError: 'it is abstract',
  isKeyringError: 'it looks at the kind of a value only',
  acr: 'it takes options; images and answers get to it in the tests of its servers, which are bounded',
  ecr: 'as acr',
  gcr: 'as acr',
  createRegistrySession: 'it takes options',
  openTokenFileCache: 'it takes options',
};

describe('time does not grow by the square of the input', () => {
  test.each(ROWS.map((row) => [row.of, row.input, row] as const))(
    'of %s: %s',
    async (_of, _input, row) => {
      const { ratio } = await measureGrowth(row);
      expect(ratio).toBeLessThan(QUADRATIC_RATIO);
    },
    120_000,
  );
});

describe('every exported function is in the table', () => {
  // The test kit is for the tests of users, who write its inputs themselves.
  test.each(Object.entries({ main, kubelet, kubernetes, providers, registry, serve }))(
    'of %s',
    (_name, module) => {
      const measured = new Set(ROWS.map(({ of }) => of));
      const missing = functionsOf(module).filter(
        (name) => !measured.has(name) && !Object.hasOwn(WITHOUT_TEXT, name),
      );
      expect(missing).toEqual([]);
    },
  );

  test('and every name in it is exported', () => {
    const modules = [main, kubelet, kubernetes, providers, registry, serve, testing];
    const exported = new Set(modules.flatMap(functionsOf));
    const named = [...ROWS.map(({ of }) => of), ...Object.keys(WITHOUT_TEXT)];
    expect(named.filter((name) => !exported.has(name))).toEqual([]);
  });
});

describe('the measure', () => {
  test.each<[string, (bytes: number) => number, boolean]>([
    ['the square of an input', (bytes) => bytes ** 2, false],
    ['an input to the power of 1.4', (bytes) => bytes ** 1.4, false],
    ['an input and its logarithm', (bytes) => bytes * Math.log2(bytes), true],
    ['an input', (bytes) => bytes, true],
    ['nothing', () => 0, true],
  ])('tells growth by %s', async (_name, cost, isFine) => {
    let workedMs = 0;
    const prepare = (bytes: number) => () => void (workedMs += cost(bytes) / 1000);
    const row = { of: 'a function', input: 'any', prepare };
    const { ratio } = await measureGrowth(row, () => workedMs);
    expect(ratio < QUADRATIC_RATIO).toBe(isFine);
  });
});

function functionsOf(module: object): string[] {
  return Object.entries(module)
    .filter(([, value]) => typeof value === 'function')
    .map(([name]) => name);
}
