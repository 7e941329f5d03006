// The interface of a keyring.

import type { Semantics } from '../config/search-paths.ts';
import type { Credential } from '../credential/credential.ts';
import type { DockerConfigJson } from '../credential/docker-config-json.ts';
import type { Explanation } from '../explain/explanation.ts';
import type { PodContext } from '../providers/contract.ts';
import type { PullSecretInput } from '../kubernetes/secret/pull-secret-layer.ts';

/** What a lookup may be told beside the image. */
export interface LookupContext {
  /** Ends the lookup early; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The pod that wants the image, for providers that work with service-account tokens. */
  readonly pod?: PodContext | undefined;
  /**
   * Credentials that a registry has refused. A provider or credential helper whose kept answer holds one of them is
   * asked again, at most once in ten seconds for one answer; all others are answered from the cache as always.
   */
  readonly refused?: readonly Credential[] | undefined;
  /**
   * The rules by which the pull secrets are read for this lookup. `'kubelet'` is for what is judged as for a node: there,
   * identity and registry tokens do not count.
   *
   * @defaultValue the keyring's `semantics`
   */
  readonly pullSecretSemantics?: Semantics | undefined;
}

/** Resolves the credentials of images, as a Kubernetes node does. */
export interface DockerKeyring {
  /**
   * Every credential that a node would try for an image, in the order in which it would; `[]` means to pull anonymously.
   *
   * @param image - What stands in a pod's `image` field.
   * @throws {@link InvalidReferenceError} where the kubelet says `InvalidImageName`; {@link PullSecretError} when a pull
   * secret is malformed; {@link ManifestError} when a text among the pull secrets is no manifest; {@link ProviderError} with
   * `onProviderError: 'throw'`; TypeError for an option that does not exist or has a wrong value, and after `close`.
   * @example
   * ```ts
   * for (const credential of await keyring.lookup('ghcr.io/acme/app:1.0')) {
   *   if (await pull('ghcr.io/acme/app:1.0', credential)) break;
   * }
   * ```
   */
  lookup(image: string, context?: LookupContext): Promise<Credential[]>;

  /**
   * The same resolution with its reasons: what was normalised, each source and what became of it, which key matched,
   * the order, and what is likely not meant. Plain data without secrets.
   *
   * @throws as {@link DockerKeyring.lookup}
   * @example
   * ```ts
   * const { sources } = await keyring.explain('quay.io/acme/app');
   * sources.map(({ status, message }) => `${status}: ${message}`); // → ['no-match: it holds 2 entries, and none matches']
   * ```
   */
  explain(image: string, context?: LookupContext): Promise<Explanation>;

  /**
   * A keyring with these secrets as its first layer, in place of this one's. It shares everything else with this one,
   * and nothing of either's secrets reaches the other.
   *
   * @throws TypeError when the value is no list of secrets.
   * @example
   * ```ts
   * const forTenant = keyring.withPullSecrets(secretsOfTenant);
   * ```
   */
  withPullSecrets(secrets: readonly PullSecretInput[]): DockerKeyring;

  /**
   * Everything static, pull secrets and node configuration, merged into one `config.json` document. Of several
   * credentials under one key it holds the first.
   *
   * @throws {@link PullSecretError} when a pull secret is malformed; {@link ManifestError} as {@link DockerKeyring.lookup}.
   * @example
   * ```ts
   * await writeDockerConfig('/var/lib/kubelet/config.json', await keyring.toDockerConfig());
   * ```
   */
  toDockerConfig(): Promise<DockerConfigJson>;

  /** Ends what is under way; lookups reject from then on. Closing a keyring from `withPullSecrets` leaves the others. */
  close(): Promise<void>;

  [Symbol.asyncDispose](): Promise<void>;
}
