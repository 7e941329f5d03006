import { describe, expect, test } from '@jest/globals';
import { Script } from 'node:vm';
import { openScripts, type ScriptHost } from '../../../../src/cli/binary/open-scripts.ts';

const wrapped = (code: string): string => `(function (exports, require, module) {${code}})`;

const SCRIPTS = {
  'packed.json': JSON.stringify({ packages: { 'the-sdk': 'sdk' } }),
  'program.js': wrapped(
    "exports.answer = require('the-sdk').answer; exports.path = require('node:path'); exports.require = require;",
  ),
  'sdk.js': wrapped("module.exports = { 'the-sdk': { answer: 42 } };"),
};

/** Those of an executable, each twice. */
function assetsOf(files: Readonly<Record<string, string | Buffer>>): Map<string, Buffer> {
  return new Map(
    Object.entries(files).flatMap(([name, text]) =>
      [name, `${name}~`].map((key): [string, Buffer] => [key, Buffer.from(text)]),
    ),
  );
}

function hostOf(assets: ReadonlyMap<string, Buffer>): ScriptHost {
  return {
    assets: {
      getAssetKeys: () => [...assets.keys()],
      getRawAsset: (key) => new Uint8Array(assets.get(key) as Buffer).buffer,
    },
    Script,
    getBuiltinModule: (id) => process.getBuiltinModule(id),
  };
}

interface Program {
  readonly answer: number;
  readonly path: unknown;
  readonly require: (id: string) => unknown;
}

describe('The scripts of the executable', () => {
  test("load packages from other scripts, Node's modules from Node, and nothing else", () => {
    const load = openScripts(hostOf(assetsOf(SCRIPTS)));
    const program = load('program') as Program;
    expect(program).toMatchObject({ answer: 42, path: process.getBuiltinModule('node:path') });
    expect(load('program')).toBe(program);
    expect(program.require('the-sdk')).toBe(program.require('the-sdk'));
    expect(() => program.require('another')).toThrow(
      expect.objectContaining({
        code: 'MODULE_NOT_FOUND',
        message: "Cannot find module 'another'",
      }),
    );
  });

  test('are compiled from what V8 has compiled of them before', () => {
    const filename = 'docker-keyring:sdk';
    const compiled = new Script(SCRIPTS['sdk.js'], { filename }).createCachedData();
    const rejected: unknown[] = [];
    class WatchedScript extends Script {
      constructor(code: string, options: ConstructorParameters<typeof Script>[1]) {
        super(code, options);
        rejected.push(this.cachedDataRejected);
      }
    }
    const assets = assetsOf({ ...SCRIPTS, 'sdk.cache': compiled });
    openScripts({ ...hostOf(assets), Script: WatchedScript })('program');
    expect(rejected).toEqual([undefined, false]);
  });

  test.each<[string, (assets: Map<string, Buffer>) => void]>([
    ['a byte has changed', (assets) => void assets.get('sdk.js')?.fill('x', 5, 6)],
    ['a byte of the copy has changed', (assets) => void assets.get('sdk.js~')?.fill('x', 5, 6)],
    ['one is shorter', (assets) => void assets.set('sdk.js', Buffer.from('('))],
    ['one is missing', (assets) => void assets.delete('sdk.js')],
    ['a copy is missing', (assets) => void assets.delete('sdk.js~')],
    ['all are missing', (assets) => assets.clear()],
  ])('are refused where %s', (_what, damage) => {
    const assets = assetsOf(SCRIPTS);
    damage(assets);
    expect(() => openScripts(hostOf(assets))).toThrow('a part of it has changed');
  });
});
