// Runs a program as the executable will, by the Node.js that is to be in it, and writes what V8 has compiled of its scripts:
// `node --predictable rehearse.cjs PROGRAM [ARGUMENT…]`, in the folder with the scripts. What an earlier rehearsal has
// compiled is there already, and stays. "--predictable" makes it the same each time.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Script } from 'node:vm';
import { openScripts } from '../../src/cli/binary/open-scripts.ts';

const [name, ...args] = process.argv.slice(2);
const files = readdirSync('.').filter((file) => /\.(?:js|cache)$|^packed\.json$/.test(file));
const made = new Map();

/** One whose compiled code is written at the end. */
class RehearsedScript extends Script {
  constructor(code, options) {
    super(code, options);
    if (this.cachedDataRejected) throw new Error(`V8 takes no compiled ${options.filename}`);
    made.set(options.filename.replace('docker-keyring:', ''), this);
  }
}

const assets = {
  getAssetKeys: () => files.flatMap((file) => [file, `${file}~`]),
  getRawAsset: (key) => new Uint8Array(readFileSync(key.replace('~', ''))).buffer,
};
process.argv = [process.execPath, name, ...args];
process.on('exit', () => {
  for (const [script, compiled] of made) {
    writeFileSync(`${script}.cache`, compiled.createCachedData());
  }
});
const getBuiltinModule = (id) => process.getBuiltinModule(id);
const load = openScripts({ assets, Script: RehearsedScript, getBuiltinModule });
const loaded = load(name);
// An SDK is loaded only, with its packages.
if ('run' in loaded) void loaded.run(process, { commit: '' });
else Object.values(loaded);
