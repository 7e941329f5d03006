// npm run test:conformance: the comparison with the kubelet's own code, which needs Go; see test/conformance/README.md.
import { shared } from './jest.config.js';

/** @type {import('jest').Config} */
export default {
  ...shared,
  roots: ['<rootDir>/test/conformance'],
  globalSetup: '<rootDir>/test/conformance/build-first.js',
};
