// What a kubelet's CredentialProviderConfig says, after it was found right. Source: Kubernetes v1.37.2
// pkg/kubelet/apis/config/types.go, CredentialProviderConfig.

import type { ServiceAccountTokenAttributes } from '../../contract.ts';

/** How the kubelet and a plugin talk to each other (Kubernetes v1.37.2 plugin.go, apiVersions). */
export const API_VERSIONS = [
  'credentialprovider.kubelet.k8s.io/v1',
  'credentialprovider.kubelet.k8s.io/v1beta1',
  'credentialprovider.kubelet.k8s.io/v1alpha1',
] as const;

/** A version of the plugin API. */
export type PluginApiVersion = (typeof API_VERSIONS)[number];

/** A variable of a plugin's environment. */
export interface PluginEnvironmentVariable {
  readonly name: string;
  readonly value: string;
}

/** One plugin. */
export interface PluginProviderConfig {
  /** Names the plugin, and its program in the plugins' directory. */
  readonly name: string;
  /** The version in which the plugin is asked, and must answer. */
  readonly apiVersion: PluginApiVersion;
  /** The images that it is asked for. */
  readonly matchImages: readonly string[];
  /** How long an answer is kept that doesn't say it itself, in milliseconds. */
  readonly defaultCacheDurationMs: number;
  readonly args: readonly string[];
  /** Added to the kubelet's own environment, in this order; of one name, the last counts. */
  readonly env: readonly PluginEnvironmentVariable[];
  /** Present when the plugin works with service-account tokens. */
  readonly tokenAttributes?: ServiceAccountTokenAttributes;
}

/** A whole configuration, of one file or merged from several. */
export interface PluginConfig {
  readonly providers: readonly PluginProviderConfig[];
}
