// Builds the single executables: `npm run build:binary -- [--out FOLDER] [PLATFORM…]`; see docs/executable.md. Two builds
// of a commit are the same, byte for byte.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { NODES, nodeProgram } from './binary/nodes.js';
import { rehearse } from './binary/rehearsals.js';
import { bundleMain, bundleScripts, PACKAGES, sizeText } from './binary/scripts.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const HERE = `${process.platform}-${process.arch}`;

const { values, positionals } = parseArgs({
  options: { out: { type: 'string', default: join(ROOT, 'build') } },
  allowPositionals: true,
});
const platforms = positionals.length > 0 ? positionals : [HERE];
const unknown = platforms.find((platform) => !(platform in NODES));
if (unknown !== undefined) {
  throw new Error(`there is no platform ${unknown}; there are ${Object.keys(NODES).join(', ')}`);
}
const out = resolve(values.out);
mkdirSync(out, { recursive: true });
const work = mkdtempSync(join(tmpdir(), 'docker-keyring-binary-'));
try {
  writeFileSync(join(work, 'main.js'), await bundleMain(commit()));
  writeFileSync(join(work, 'packed.json'), JSON.stringify({ packages: PACKAGES }));
  const scripts = await bundleScripts();
  for (const [name, text] of Object.entries(scripts)) writeFileSync(join(work, `${name}.js`), text);
  if (platforms.includes(HERE)) await rehearse(work, nodeProgram(HERE));
  for (const platform of platforms) buildFor(platform, Object.keys(scripts));
} finally {
  rmSync(work, { recursive: true });
}

function buildFor(platform, names) {
  const node = join(work, 'node');
  copyFileSync(nodeProgram(platform), node);
  chmodSync(node, 0o755);
  const isHere = platform === HERE;
  // Symbols are a fifth of it.
  if (isHere && process.platform === 'linux') execFileSync('strip', [node]);
  const files = ['packed.json', ...names.map((name) => `${name}.js`)];
  if (isHere) files.push(...names.map((name) => `${name}.cache`));
  const file = `docker-keyring-${platform}${platform.startsWith('win32') ? '.exe' : ''}`;
  const config = {
    main: 'main.js',
    executable: 'node',
    output: file,
    disableExperimentalSEAWarning: true,
    // Room for all that a start needs: a plugin has ended before its garbage is worth collecting.
    execArgv: ['--min-semi-space-size=16'],
    assets: Object.fromEntries(
      files.flatMap((name) => [
        [name, name],
        [`${name}~`, name],
      ]),
    ),
  };
  writeFileSync(join(work, 'sea.json'), JSON.stringify(config));
  execFileSync(nodeProgram(HERE), ['--build-sea', 'sea.json'], { cwd: work, stdio: 'pipe' });
  writeFileSync(join(out, file), withSize(readFileSync(join(work, file))));
  chmodSync(join(out, file), 0o755);
  const megabytes = (statSync(join(out, file)).size / 1e6).toFixed(1);
  console.log(`${join(out, file)}: ${megabytes} MB`);
}

/** A file that is shorter knows it. */
function withSize(bytes) {
  const place = bytes.indexOf(sizeText(0));
  if (place === -1) throw new Error('the first script has no place for the size');
  bytes.write(sizeText(bytes.length), place, 'latin1');
  return bytes;
}

/** With `-dirty`, where files have changed since. */
function commit() {
  const describe = ['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'];
  return execFileSync('git', describe, { cwd: ROOT, encoding: 'utf8' }).trim();
}
