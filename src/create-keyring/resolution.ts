// The credentials of what a lookup found.

import type { NodeConfig } from '../config/node-config.ts';
import type { Credential } from '../credential/credential.ts';
import { toCredential, toCredentials } from '../keyring/entry.ts';
import { entryName, registryKey } from '../keyring/registry-key.ts';
import { secretEntries, type PullSecretLayer } from '../kubernetes/secret/pull-secret-layer.ts';
import { nodeEntries } from './node-layer.ts';
import type { Resolution } from '../explain/resolution.ts';

/** The layers' credentials one after the other (Kubernetes v1.37.2 keyring.go, UnionDockerKeyring). */
export function credentialsOf({ pullSecrets, node, providers }: Resolution): Credential[] {
  const credentials: Credential[] = [];
  toCredentials(pullSecrets.found, credentials);
  if (node !== undefined) toCredentials(node.found, credentials);
  toCredentials(providers.found, credentials);
  return credentials;
}

/** Every credential of the two static layers, layer by layer and entry by entry. */
export function staticCredentials(
  { secrets }: PullSecretLayer,
  config: NodeConfig | undefined,
): Credential[] {
  const entries = [
    ...secrets.flatMap(secretEntries),
    ...(config === undefined ? [] : nodeEntries(config)),
  ];
  return entries.flatMap(({ rawKey, entry }) => {
    const parsed = registryKey(rawKey);
    return parsed === undefined ? [] : [toCredential(entry, entryName(parsed.key))];
  });
}
