// A bundle holds what a program uses, with the SDKs and without them.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { consumer } from './consumer.ts';
import { startClouds, type Clouds } from './rows/cloud.ts';
import { bundlers, packagesOf, type BundlerRow } from './rows/rows.ts';
import { LACKS_SDKS, placeOf, resultOfProgram, runProgram, runRow, WORKS } from './rows/run-row.ts';

let clouds: Clouds;
beforeAll(async () => {
  clouds = await startClouds();
});
afterAll(async () => {
  await clouds[Symbol.asyncDispose]();
});

/** What each bundle of a row gives. */
async function resultsOf(row: BundlerRow, hasSdks: boolean): Promise<unknown[]> {
  using place = placeOf(row, packagesOf(row, hasSdks));
  expect(await runRow(place, row, {})).toMatchObject({ status: 0, stderr: '' });
  // Away from every node_modules, but for those bundles that leave the SDKs out.
  const away = mkdtempSync(join(hasSdks && !row.holdsSdks ? place.folder : tmpdir(), 'bundle-'));
  try {
    renameSync(join(place.folder, 'out'), join(away, 'out'));
    const results = [];
    for (const bundle of row.bundles) {
      const command = [process.execPath, join(away, bundle)];
      results.push(resultOfProgram(await runProgram(command, { cwd: away, env: clouds.env })));
    }
    return results;
  } finally {
    rmSync(away, { recursive: true });
  }
}

describe.each(bundlers)('Bundled by $name', (row) => {
  test('the package works with the SDKs', async () => {
    expect(await resultsOf(row, true)).toEqual(row.bundles.map(() => WORKS));
  });

  test('the package works without the SDKs, and says which one a lookup needs', async () => {
    expect(await resultsOf(row, false)).toEqual(row.bundles.map(() => LACKS_SDKS));
  });
});

/** The library's files, and the packages, of which something is in an esbuild bundle. */
async function heldByEsbuild(code: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents: code, resolveDir: consumer },
    bundle: true,
    platform: 'node',
    metafile: true,
    write: false,
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const held = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return held.map(([path]) => path);
}

/** The same for webpack, by what is written in the output. */
async function bundleByWebpack(code: string): Promise<string> {
  const row = bundlers.find(({ name }) => name === 'webpack') as BundlerRow;
  using place = placeOf(row, packagesOf(row, false));
  writeFileSync(join(place.folder, 'program.mjs'), code);
  expect(await runRow(place, row, {})).toMatchObject({ status: 0 });
  return readFileSync(join(place.folder, String(row.bundles[0])), 'utf8');
}

/** Only of use for some programs. */
const HEAVY =
  /node_modules\/yaml\/|dist\/lib\/(?:providers|registry|create-keyring|kubernetes|serve)/;

/** Names in the code of `yaml`, of the providers and of the registry client, which no minifier changes. */
const HEAVY_TEXTS = [
  'YAMLParseError',
  'dkr.ecr',
  'azurecr',
  'pkg.dev',
  'WWW-Authenticate',
  'Bearer',
];

describe('A bundle of what', () => {
  const parses = `import { parseImageReference } from 'docker-keyring';
    console.log(parseImageReference('nginx').name);`;
  const writes = `import { writeDockerConfig } from 'docker-keyring';
    writeDockerConfig('config.json', { auths: {} });`;

  test('parses references holds little more', async () => {
    const held = await heldByEsbuild(parses);
    expect(held.filter((path) => /dist\/lib|node_modules\/(?!docker-keyring)/.test(path))).toEqual([
      expect.stringMatching(/dist\/lib\/core\.js$/),
      expect.stringMatching(/dist\/lib\/reference\.js$/),
    ]);
  });

  test('reads and writes files holds no YAML, provider or registry client', async () => {
    const held = await heldByEsbuild(writes);
    expect(held.filter((path) => HEAVY.test(path))).toEqual([]);
    expect(held.filter((path) => path.endsWith('dist/lib/config.js'))).toHaveLength(1);
  });

  test('looks up holds them, as this test sees it', async () => {
    const held = await heldByEsbuild(
      `import { createKeyring } from 'docker-keyring'; createKeyring();`,
    );
    expect(held.some((path) => /node_modules\/yaml\//.test(path))).toBe(true);
    expect(held.some((path) => path.endsWith('providers-ecr.js'))).toBe(true);
  });

  test('parses or writes, by webpack, holds none', async () => {
    for (const code of [parses, writes]) {
      const bundle = await bundleByWebpack(code);
      expect(HEAVY_TEXTS.filter((text) => bundle.includes(text))).toEqual([]);
    }
    const whole = await bundleByWebpack(
      `import { createKeyring } from 'docker-keyring'; createKeyring();`,
    );
    expect(whole).toContain('YAMLParseError');
    expect(whole).toContain('azurecr');
  });
});
