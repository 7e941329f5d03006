// A provider in front of an upstream that counts its calls, fails when told to, and may have a clock of its own.

import type { CredentialProvider, CredentialRequest } from '../../../src/index.ts';
import type { FakeSystem } from './fake-system.ts';

/** How the upstream behaves. */
export interface UpstreamOptions {
  /** How long its tokens live, in milliseconds; without it they carry no expiry. */
  readonly lifeMs?: number;
  /** How far its clock is ahead of the machine's. */
  readonly skewMs?: number;
  readonly provider?: Partial<CredentialProvider>;
}

/** The provider, with handles. */
export interface Upstream extends CredentialProvider {
  readonly requests: CredentialRequest[];
  /** What every call rejects with, until it is unset. */
  failure: Error | undefined;
  /** Lets calls wait until the returned function is called. */
  pause(): () => void;
}

/** Its tokens are `token-1`, `token-2`, …, for every registry. */
export function upstream(
  system: Pick<FakeSystem, 'now'>,
  { lifeMs, skewMs = 0, provider = {} }: UpstreamOptions = {},
): Upstream {
  const requests: CredentialRequest[] = [];
  let gate = Promise.resolve();
  const made: Upstream = {
    name: 'upstream',
    matchImages: ['*.test'],
    requests,
    failure: undefined,
    pause() {
      let resume: (() => void) | undefined;
      gate = new Promise((resolve) => {
        resume = resolve;
      });
      return () => resume?.();
    },
    async provide(request) {
      requests.push(request);
      const password = `token-${requests.length}`;
      await gate;
      if (made.failure !== undefined) throw made.failure;
      const expiresAt =
        lifeMs === undefined ? {} : { expiresAt: new Date(system.now() + skewMs + lifeMs) };
      return {
        auth: { '*.test': { username: 'u', password } },
        cacheKeyType: 'Registry',
        ...expiresAt,
      };
    },
    ...provider,
  };
  return made;
}

/** Lets everything go on that waits for neither the clock nor the outside. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}
