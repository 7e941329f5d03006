// What lives here: talking to registries: which credential works, tokens, a fetch, verifying images. This file says what a
// keyring is to it, since the room that makes keyrings comes later. To add a function: one file, with tryCandidates
// (candidates.ts) around admit (admit.ts). Must not be imported here: create-keyring.ts and what is below it.

import { isRecord } from '../../util/is-record.ts';
import type { Semantics } from '../../config/search-paths.ts';
import type { Credential } from '../../credential/credential.ts';
import type { PullSecretInput } from '../../kubernetes/secret/pull-secret-layer.ts';
import type { PodContext } from '../../providers/contract.ts';

/** What a lookup is told beside the image; the part of a lookup's context that registries need. */
export interface RegistryLookupContext {
  readonly signal?: AbortSignal | undefined;
  readonly pod?: PodContext | undefined;
  /** Credentials that a registry has refused: a provider that still holds one is asked for a new one. */
  readonly refused?: readonly Credential[] | undefined;
  /** By whose rules pull secrets are read: `'kubelet'` for what is judged as for a node. */
  readonly pullSecretSemantics?: Semantics | undefined;
}

/** Whoever knows the credentials of images, in the order in which they are tried. A `DockerKeyring` is one. */
export interface RegistryKeyring {
  lookup(image: string, context?: RegistryLookupContext): Promise<Credential[]>;
}

/** A keyring that can be given the pull secrets of one pod. A `DockerKeyring` is one. */
export interface TenantKeyring extends RegistryKeyring {
  withPullSecrets(secrets: readonly PullSecretInput[]): RegistryKeyring;
}

/** Throws a TypeError for what is no keyring. */
export function checkKeyring(caller: string, keyring: unknown): void {
  if (isRecord(keyring) && typeof keyring['lookup'] === 'function') return;
  throw new TypeError(`${caller}: the keyring must have lookup()`);
}
