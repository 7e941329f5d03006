// The keyring of one pod, with the pull secrets that Kubernetes gives it.

import type { PodLike, PullSecret, ServiceAccountLike } from '../kubernetes/pull-secret.ts';
import { resolvePullSecrets } from '../kubernetes/resolve-pull-secrets.ts';
import { isAccountOf } from '../kubernetes/service-account.ts';
import { hasFunctions, readOptions, type Check } from '../util/option-checks.ts';
import { createKeyring } from './create-keyring.ts';
import type { DockerKeyring } from './docker-keyring.ts';

/** What {@link keyringFor} chooses from. */
export interface KeyringForOptions {
  /** The Secrets that there are, such as all of the pod's namespace. */
  readonly secrets: readonly PullSecret[];
  /**
   * The ServiceAccounts that there are. The pod's own is needed where the pod has no list of pull secrets itself.
   *
   * @defaultValue none
   */
  readonly serviceAccounts?: readonly ServiceAccountLike[] | undefined;
  /**
   * Gives the layers below the pull secrets, and keeps what they share: make one for all pods.
   *
   * @defaultValue `createKeyring()`
   */
  readonly keyring?: DockerKeyring | undefined;
}

const isList: Check = (value) => (Array.isArray(value) ? undefined : 'must be an array of objects');

/**
 * Makes the keyring of a pod: with the pull secrets that the pod or else its service account names, as
 * `resolvePullSecrets` of `docker-keyring/kubernetes` finds them. A Secret that is named and not there is left out: the
 * kubelet pulls without it.
 *
 * @param pod - The Pod; of a Deployment or another workload, what `podTemplates` gives as its `pod`.
 * @throws TypeError for a wrong option or object, and when the pod has no list of pull secrets and its service account is
 * not given.
 * @example
 * ```ts
 * const forPod = keyringFor(pod, { secrets, serviceAccounts, keyring });
 * await forPod.lookup('ghcr.io/acme/app:1.0');
 * ```
 */
export function keyringFor(pod: PodLike, options: KeyringForOptions): DockerKeyring {
  const {
    secrets,
    serviceAccounts = [],
    keyring,
  } = readOptions('keyringFor', options, {
    secrets: isList,
    serviceAccounts: isList,
    keyring: (value) => (hasFunctions(value, 'withPullSecrets') ? undefined : 'must be a keyring'),
  });
  const serviceAccount = serviceAccounts.findLast((account) => isAccountOf(pod, account));
  const resolved = resolvePullSecrets({ pod, serviceAccount, secrets });
  const unknown = resolved.findings.find(({ code }) => code === 'service-account-not-given');
  if (unknown !== undefined) throw new TypeError(`keyringFor: ${unknown.message}`);
  return (keyring ?? createKeyring()).withPullSecrets(resolved.secrets);
}
