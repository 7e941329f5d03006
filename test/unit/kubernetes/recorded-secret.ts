// What kubectl was given for a recorded pull secret, and what it printed.

import type { CreatePullSecretOptions } from '../../../src/kubernetes/secret/create-pull-secret.ts';

/** Text, or bytes that are not UTF-8. */
export type RecordedValue = string | { base64: string };

export interface RecordedOptions {
  name: string;
  namespace?: string;
  server?: string;
  username?: RecordedValue;
  password?: RecordedValue;
  email?: string;
  dockerConfig?: RecordedValue;
  appendHash?: boolean;
}

export interface Sample {
  options: RecordedOptions;
  output: string;
}

export function valueOf(recorded: RecordedValue): string | Uint8Array {
  return typeof recorded === 'string' ? recorded : Buffer.from(recorded.base64, 'base64');
}

export function optionsOf({
  username,
  password,
  dockerConfig,
  ...rest
}: RecordedOptions): CreatePullSecretOptions {
  return {
    ...rest,
    ...(username === undefined ? {} : { username: valueOf(username) }),
    ...(password === undefined ? {} : { password: valueOf(password) }),
    ...(dockerConfig === undefined ? {} : { dockerConfig: valueOf(dockerConfig) }),
  };
}
