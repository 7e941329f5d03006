// One project for each kind of test; the scripts of package.json choose one by --selectProjects.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const rootDir = fileURLToPath(new URL('..', import.meta.url));

const shared = {
  rootDir,
  testEnvironment: '<rootDir>/config/jest-environment.js',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^docker-keyring$': '<rootDir>/src/index.ts',
    '^docker-keyring/(kubelet|kubernetes|providers|registry|serve|testing)$':
      '<rootDir>/src/$1/index.ts',
  },
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }],
  },
  restoreMocks: true,
};

/** Every error that a test makes is searched for secrets. */
const watched = { ...shared, setupFilesAfterEnv: ['<rootDir>/test/unit/leaks/watch.ts'] };

/** Unit tests that do more of the same in the soak run: those that ask test/unit/fakes/amount.ts how much. */
function filesWithAmounts() {
  return readdirSync(join(rootDir, 'test/unit'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join(rootDir, 'test/unit', file))
    .filter((file) => readFileSync(file, 'utf8').includes('fakes/amount.ts'));
}

const collectCoverageFrom = [
  'src/**/*.ts',
  // The one exception to 100 %: three lines that only a process of its own can run. test/package runs them.
  '!src/cli/docker-keyring.ts',
  '!src/cli/docker-credential-keyring.ts',
  // The same of the single executable; test/integration runs them.
  '!src/cli/binary/{main,contract}.ts',
  '!src/cli/binary/programs/*.ts',
];

const projects = [
  {
    // Node alone, nothing built, nothing left behind.
    ...watched,
    displayName: 'unit',
    // src holds no test; Jest counts an untested file as uncovered only where it stands below a root.
    roots: ['src', 'test/unit', 'examples'].map((folder) => `<rootDir>/${folder}`),
    coverageProvider: 'v8',
    collectCoverageFrom,
  },
  {
    // What takes minutes: how the time of every function grows with its input, and all of what the unit tests sample.
    ...watched,
    displayName: 'soak',
    roots: ['<rootDir>/test/soak', '<rootDir>/test/unit'],
    testMatch: ['<rootDir>/test/soak/**/*.test.ts', ...filesWithAmounts()],
    globals: { IS_SOAK: true },
  },
  {
    // The packed tarball, installed as a user installs it, and the rules that guard the sources.
    ...shared,
    displayName: 'package',
    roots: ['<rootDir>/test/package'],
    modulePathIgnorePatterns: ['<rootDir>/test/package/tools/'],
    globalSetup: '<rootDir>/test/package/install-tarball.js',
    globalTeardown: '<rootDir>/test/package/remove-tarball.js',
  },
  {
    // The kubelet's own code, which needs Go; see test/conformance/README.md.
    ...shared,
    displayName: 'conformance',
    roots: ['<rootDir>/test/conformance'],
    globalSetup: '<rootDir>/test/conformance/build-first.js',
  },
  {
    // Real programs (kubectl, …), where the machine has them.
    ...shared,
    displayName: 'integration',
    roots: ['<rootDir>/test/integration'],
  },
];

/** @type {import('jest').Config} */
export default {
  rootDir,
  projects,
  // Nothing is said by how long a test takes: a machine may be busy.
  testTimeout: 120_000,
  // Jest leaves one processor idle by itself: half of them, where CI has two.
  maxWorkers: '100%',
  // Node 20 keeps every module that a test has loaded, and the coverage of each test looks at all of them: a worker that
  // lives long gets ever slower.
  workerIdleMemoryLimit: '400MB',
  coverageProvider: 'v8',
  collectCoverageFrom,
  coverageReporters: [['text', { skipFull: true }], 'lcovonly'],
  coverageThreshold: { global: { lines: 100, branches: 100, functions: 100, statements: 100 } },
};
