// Completes package-lock.json after `npm install`: `node scripts/complete-lock.js`.
// npm leaves out those optional packages (binaries for other platforms) that the registry at hand does not have, and
// `npm ci` then refuses the lock file as incomplete. Their exact versions stand in the packages that want them.
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('../package-lock.json', import.meta.url);
const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

/** A platform package is named after its platform: `@swc/core-linux-arm-gnueabihf`. */
function entryFor(name, version) {
  const words = name.split(/[/-]/);
  const cpu = PROCESSORS.find((processor) => words.includes(processor));
  const os = SYSTEMS.find((system) => words.includes(system));
  if (cpu === undefined || os === undefined) throw new Error(`For which platform is ${name}?`);
  return { version, cpu: [cpu], dev: true, optional: true, os: [os] };
}

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const packages = { ...lock.packages };
for (const [path, { optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const places = [`${path}/node_modules/${name}`, `node_modules/${name}`];
    if (!places.some((place) => place in packages)) packages[places[1]] = entryFor(name, version);
  }
}
const sorted = Object.entries(packages).toSorted(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = Object.fromEntries(sorted);
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
