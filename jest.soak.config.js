// npm run test:soak: what takes minutes, such as how the time of every function grows with its input. Node alone.
import { shared } from './jest.config.js';

/** @type {import('jest').Config} */
export default {
  ...shared,
  roots: ['<rootDir>/test/soak'],
  testTimeout: 120_000,
};
