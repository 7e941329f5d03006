// A keyring with a provider that works with tokens of a pod's service account.

import {
  createKeyring,
  type CredentialProvider,
  type CredentialRequest,
  type DockerKeyring,
  type KeyringOptions,
  type PodContext,
  type ServiceAccountToken,
  type ServiceAccountTokenAttributes,
  type ServiceAccountTokenRequest,
} from '../../../src/index.ts';
import { fakeSystem } from './fake-system.ts';

export const POD: PodContext = {
  namespace: 'ns',
  name: 'pod',
  uid: 'pod-uid',
  serviceAccountName: 'sa',
};
export const ATTRIBUTES: ServiceAccountTokenAttributes = {
  serviceAccountTokenAudience: 'registry.test',
  cacheType: 'ServiceAccount',
  requireServiceAccount: false,
};

/** The keyring, with handles. */
export interface ServiceAccountWorld {
  readonly keyring: DockerKeyring;
  readonly requests: CredentialRequest[];
  readonly tokenRequests: ServiceAccountTokenRequest[];
  /** The passwords that a lookup for a pod gives. */
  readonly passwords: (pod?: PodContext) => Promise<string[]>;
  /** What `explain` says of the provider. */
  readonly message: (pod?: PodContext) => Promise<string>;
}

export function serviceAccountWorld(
  attributes: Partial<ServiceAccountTokenAttributes> = {},
  given: Partial<ServiceAccountToken> | ((request: ServiceAccountTokenRequest) => unknown) = {},
  options: KeyringOptions = {},
): ServiceAccountWorld {
  const system = fakeSystem();
  const requests: CredentialRequest[] = [];
  const tokenRequests: ServiceAccountTokenRequest[] = [];
  const provider: CredentialProvider = {
    name: 'by-account',
    matchImages: ['r.test'],
    tokenAttributes: { ...ATTRIBUTES, ...attributes },
    async provide(request) {
      requests.push(request);
      return {
        auth: { 'r.test': { username: 'u', password: `password-${requests.length}` } },
        cacheKeyType: 'Registry',
        expiresAt: new Date(system.now() + 3_600_000),
      };
    },
  };
  const keyring = createKeyring({
    system,
    dockerConfig: false,
    providers: [provider],
    getServiceAccountToken: async (request) => {
      tokenRequests.push(request);
      const answer = typeof given === 'function' ? await given(request) : given;
      return { token: 'sa-token', uid: 'sa-uid', ...(answer as Partial<ServiceAccountToken>) };
    },
    ...options,
  });
  return {
    keyring,
    requests,
    tokenRequests,
    async passwords(pod) {
      const found = await keyring.lookup('r.test/a', { pod });
      return found.map(({ password }) => password);
    },
    async message(pod) {
      const { sources } = await keyring.explain('r.test/a', { pod });
      return [sources[0]?.message, ...(sources[0]?.problems ?? [])].join(': ');
    },
  };
}
