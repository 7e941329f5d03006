// The versions of the plugin API that a provider may be asked in.

import type { PluginApiVersion } from './plugin-config-types.ts';

/** Kubernetes v1.37.2 pkg/credentialprovider/plugin/plugin.go, apiVersions. */
export const API_VERSIONS: readonly PluginApiVersion[] = [
  'credentialprovider.kubelet.k8s.io/v1',
  'credentialprovider.kubelet.k8s.io/v1beta1',
  'credentialprovider.kubelet.k8s.io/v1alpha1',
];
