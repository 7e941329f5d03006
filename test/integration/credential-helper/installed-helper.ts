// docker-credential-keyring as it is installed: a program on the PATH, in a home directory of its own.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeSystem } from '../../../src/system/node-system.ts';

/** How a program ended. */
export interface Ending {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** One that is installed. */
export interface InstalledHelper {
  readonly directory: string;
  /** What is first on the PATH. */
  readonly bin: string;
  readonly home: string;
  /** The environment of whoever is to find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Writes the helper's own configuration. */
  configure(document: object): void;
  /** Writes `~/.docker/config.json`. */
  configureDocker(document: object): void;
  /** Writes a program onto the PATH. */
  addProgram(name: string, script: string): void;
  /** Runs a program with that environment. */
  run(command: string, args: readonly string[], more?: RunMore): Promise<Ending>;
  remove(): void;
}

/** What a run is given beside its arguments. */
interface RunMore {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const ENTRIES = ['src/cli/docker-credential-keyring.ts', 'src/cli/docker-keyring.ts'];

/** Builds the programs as scripts/build.js does, and installs them. */
export function installHelper(): InstalledHelper {
  const directory = mkdtempSync(join(tmpdir(), 'credential-helper-'));
  const [bin, home] = [join(directory, 'bin'), join(directory, 'home')];
  for (const made of [bin, home]) mkdirSync(made);
  build(directory);
  for (const name of ['docker-credential-keyring', 'docker-keyring']) {
    symlinkSync(join(directory, 'dist', `${name}.js`), join(bin, name));
  }
  const env = {
    HOME: home,
    PATH: `${bin}:${String(process.env['PATH'])}`,
    DOCKER_CONFIG: join(home, '.docker'),
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local/share'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_RUNTIME_DIR: join(directory, 'run'),
    DOCKER_KEYRING_HELPER_CONFIG: '',
    DOCKER_KEYRING_HELPER_CHAIN: '',
  };
  return {
    directory,
    bin,
    home,
    env,
    configure: (document) =>
      writeJson(join(env.XDG_CONFIG_HOME, 'docker-keyring'), 'helper.json', document),
    configureDocker: (document) => writeJson(env.DOCKER_CONFIG, 'config.json', document),
    addProgram: (name, script) => writeFileSync(join(bin, name), script, { mode: 0o755 }),
    async run(command, args, { stdin = '', env: more = {} } = {}) {
      const { exitCode, stdout, stderr } = await nodeSystem.run({
        command,
        args,
        stdin,
        env: { ...env, ...more },
        timeoutMs: 60_000,
        maxOutputBytes: 10_000_000,
      });
      return { exitCode, stdout: Buffer.from(stdout).toString('utf8'), stderr };
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function build(directory: string): void {
  const root = process.cwd();
  const outdir = join(directory, 'dist');
  const options = ['--bundle', '--format=esm', '--platform=node', '--target=node20.19'];
  const more = ['--packages=external', '--splitting', '--log-level=error', `--outdir=${outdir}`];
  execute(join(root, 'node_modules/.bin/esbuild'), [...ENTRIES, ...options, ...more]);
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
}

function writeJson(directory: string, name: string, document: object): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, name), JSON.stringify(document));
}

/** Runs a program that must succeed. */
export function execute(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): void {
  const { status, error, stderr } = spawnSync(command, args, {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${error?.message ?? stderr}`);
}

/** Installs the Debian packages of programs that are not there. */
export function installPackages(packages: Readonly<Record<string, string>>): void {
  const names = Object.entries(packages)
    .filter(([program]) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0)
    .map(([, name]) => name);
  if (names.length === 0) return;
  // Other test files may want packages at the same time, and apt-get waits for nobody by itself.
  const installer = [join(tmpdir(), 'docker-keyring-apt.lock'), 'apt-get'];
  execute('flock', [...installer, 'update']);
  const options = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
  execute('flock', [...installer, 'install', ...options, ...names], {
    DEBIAN_FRONTEND: 'noninteractive',
  });
}
