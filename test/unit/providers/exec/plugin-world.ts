// Plugins of a fake world, for the tests beside it.

import type { ProcessRequest } from '../../../../src/system/system.ts';
import { fakeSystem, type FakeSystem } from '../../fakes/fake-system.ts';

export const V1 = 'credentialprovider.kubelet.k8s.io/v1';
export const CONFIG = '/etc/plugins.json';

/** An entry of a configuration. */
export function entry(name: string, more: object = {}): object {
  return { name, apiVersion: V1, matchImages: ['*.test'], defaultCacheDuration: '10m', ...more };
}

/** A configuration. */
export function configText(...providers: readonly object[]): string {
  const meta = { kind: 'CredentialProviderConfig', apiVersion: 'kubelet.config.k8s.io/v1' };
  return JSON.stringify({ ...meta, providers });
}

/** What a plugin prints. */
export function answerText(auth: object = {}, more: object = {}): string {
  const meta = { kind: 'CredentialProviderResponse', apiVersion: V1, cacheKeyType: 'Registry' };
  return JSON.stringify({ ...meta, auth, ...more });
}

type Run = (request: ProcessRequest) => ReturnType<NonNullable<RunOption>>;
type RunOption = NonNullable<Parameters<typeof fakeSystem>[0]>['run'];

/** A world with a configuration, where plugins do what a function says. */
export function pluginWorld(
  config: string,
  run: Run = () => ({ stdout: answerText({ 'r1.test': { username: 'u', password: 'p' } }) }),
): FakeSystem {
  return fakeSystem({ files: { [CONFIG]: config }, run });
}
