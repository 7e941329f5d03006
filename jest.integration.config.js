// npm run test:integration: against real programs (kubectl, …) where the machine has them.
import { shared } from './jest.config.js';

/** @type {import('jest').Config} */
export default {
  ...shared,
  roots: ['<rootDir>/test/integration'],
  testTimeout: 120_000,
  // Some start dozens of processes that wait for each other by leases of seconds: one at a time keeps these true.
  maxWorkers: 1,
};
