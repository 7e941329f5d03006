// npm run test:package: the packed tarball, installed as a user installs it, and the rules that guard the sources.
import { shared } from './jest.config.js';

/** @type {import('jest').Config} */
export default {
  ...shared,
  roots: ['<rootDir>/test/package'],
  modulePathIgnorePatterns: ['<rootDir>/test/package/tools/'],
  globalSetup: '<rootDir>/test/package/install-tarball.js',
  globalTeardown: '<rootDir>/test/package/remove-tarball.js',
  testTimeout: 120_000,
};
