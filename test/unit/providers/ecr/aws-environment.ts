// The environment that the AWS SDK sees in a test: nothing of this machine's, and no instance metadata.

import { afterEach, beforeEach } from '@jest/globals';

const FOREIGN = /^(?:AWS_|(?:https?|all|no)_proxy$)/i;
const BASE = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/nonexistent/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
  AWS_MAX_ATTEMPTS: '1',
};

/** Gives each test of a file an environment of its own, and this process its own one back. */
export function isolateAwsEnvironment(): void {
  const saved = { ...process.env };
  beforeEach(() => setEnvironment(BASE));
  afterEach(() => setEnvironment({}, saved));
}

/** Sets variables for the rest of the test. */
export function setVariables(variables: Readonly<Record<string, string>>): void {
  Object.assign(process.env, variables);
}

function setEnvironment(
  variables: Readonly<Record<string, string>>,
  saved: Readonly<Record<string, string | undefined>> = {},
): void {
  const foreign = Object.keys(process.env).filter((name) => FOREIGN.test(name));
  for (const name of foreign) delete process.env[name];
  for (const [name, value] of Object.entries(saved)) {
    if (FOREIGN.test(name)) process.env[name] = value;
  }
  Object.assign(process.env, variables);
}
