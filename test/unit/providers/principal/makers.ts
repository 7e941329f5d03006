// The public providers, and whether what one says of whose its answers are is another thing after a change of the world.

import { expect } from '@jest/globals';
import {
  acr,
  dockerHelper,
  ecr,
  environment,
  execPlugins,
  gcr,
  type CredentialProvider,
} from '../../../../src/index.ts';
import { fakeSystem, type FakeSystem, type FakeWorld } from '../../fakes/fake-system.ts';

/** Makes a provider in a world. */
export type Make = (system: FakeSystem) => CredentialProvider | Promise<CredentialProvider>;

const CONFIG = '/etc/kubernetes/credentials.json';

/** All that are public. A new one that is missing here fails the first test. */
export const MAKERS: Readonly<
  Record<'acr' | 'dockerHelper' | 'ecr' | 'environment' | 'execPlugins' | 'gcr', Make>
> = {
  acr: (system) => acr({ system }),
  dockerHelper: (system) => dockerHelper('pass', { system }),
  ecr: (system) => ecr({ system }),
  environment: (system) => environment({ system }),
  execPlugins: (system) => plugin(system),
  gcr: (system) => gcr({ system }),
};

/** A plugin of the kubelet, with this configuration. */
export async function plugin(system: FakeSystem, more: object = {}): Promise<CredentialProvider> {
  const known = {
    name: 'cloud',
    matchImages: ['*.example.com'],
    defaultCacheDuration: '1h',
    apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
    args: ['/etc/kubernetes/azure.json', '--config=/etc/cloud.conf', '--verbose', 'a:/b'],
    env: [{ name: 'CLOUD_FILE', value: '/etc/cloud.key' }],
  };
  system.put(
    CONFIG,
    JSON.stringify({
      kind: 'CredentialProviderConfig',
      apiVersion: 'kubelet.config.k8s.io/v1',
      providers: [{ ...known, ...more }],
    }),
  );
  const set = execPlugins({ config: CONFIG, binDir: '/bin', system });
  const [made] = await set.read(new AbortController().signal);
  return made as CredentialProvider;
}

/** What a provider says. */
export async function principalOf(make: Make, system: FakeSystem): Promise<string | undefined> {
  const provider = await make(system);
  return provider.cachePrincipal?.(new AbortController().signal);
}

/** Whether the principal is another one after a change of the world. */
export async function isOther(
  make: Make,
  change: (system: FakeSystem) => void,
  world: FakeWorld = {},
): Promise<boolean> {
  const [before, after] = [fakeSystem(world), fakeSystem(world)];
  change(after);
  const first = await principalOf(make, before);
  expect(first).toMatch(/^[\da-f]{64}$/);
  expect(await principalOf(make, before)).toBe(first);
  return (await principalOf(make, after)) !== first;
}
