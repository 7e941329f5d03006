// A kubelet's CredentialProviderConfig, accepted and refused as the kubelet does it, with line and column; what breaks its
// rules is reported in the kubelet's words. Source: Kubernetes v1.37.2 pkg/credentialprovider/plugin/config.go.

import { loadYaml } from '../../../config/yaml/read-yaml.ts';
import type { ServiceAccountTokenAttributes } from '../../contract.ts';
import type { Decoded, DecodedObject } from '../../../go/document/decode.ts';
import {
  decodePluginConfig,
  pluginConfigError,
  type DecodedProvider,
  type PluginConfigFile,
} from './plugin-config-document.ts';
import { objectsOf, textOf, textsOf } from '../../../go/document/fields.ts';
import { goQuote } from '../../../go/quote.ts';
import type {
  PluginApiVersion,
  PluginConfig,
  PluginProviderConfig,
} from './plugin-config-types.ts';
import { validateProviders } from './validate-plugin-config.ts';

/**
 * Reads a configuration of one file, YAML or JSON.
 *
 * @param document - What the file holds.
 * @param path - The file, for errors.
 * @throws {@link PluginConfigError} where the kubelet refuses it, with all of its text. Where that has several problems,
 *   the error's `cause` is an `AggregateError` with a PluginConfigError each.
 * @example
 * ```ts
 * await parsePluginConfig('kind: CredentialProviderConfig', 'plugins.yaml');
 * // throws: plugins.yaml:1:1: Object 'apiVersion' is missing
 * ```
 */
export function parsePluginConfig(
  document: string | Uint8Array,
  path: string,
): Promise<PluginConfig> {
  return mergePluginConfigs([{ path, document }], path);
}

/**
 * Reads a configuration of several files, whose providers follow each other.
 *
 * @param files - In their order.
 * @param path - Where they are from, for errors that are no single file's.
 * @throws {@link PluginConfigError} as {@link parsePluginConfig}.
 */
export async function mergePluginConfigs(
  files: readonly PluginConfigFile[],
  path: string,
): Promise<PluginConfig> {
  const readYaml = await loadYaml();
  const providers = files.flatMap((file) => decodePluginConfig(file, readYaml));
  checkNames(providers);
  const problems = validateProviders(providers, path);
  if (problems.length > 0) throw pluginConfigError(path, problems, aggregate(problems));
  return { providers: providers.map(({ fields }) => toProvider(fields)) };
}

function checkNames(providers: readonly DecodedProvider[]): void {
  const seen = new Set<string>();
  for (const { path, fields } of providers) {
    const name = textOf(fields, 'name');
    if (seen.has(name)) {
      const message = `duplicate provider name ${goQuote(name)} found in configuration file(s)`;
      const { position } = fields.fields.get('name') ?? fields;
      throw pluginConfigError(path, [{ message, position }]);
    }
    seen.add(name);
  }
}

/** k8s.io/apimachinery v0.37.2 pkg/util/errors/errors.go: each message once. */
function aggregate(problems: readonly { readonly message: string }[]): string {
  const messages = [...new Set(problems.map(({ message }) => message))];
  return messages.length === 1 ? String(messages[0]) : `[${messages.join(', ')}]`;
}

type DecodedDuration = Extract<Decoded, { kind: 'duration' }>;

function toProvider(provider: DecodedObject): PluginProviderConfig {
  // Validated to be there.
  const duration = provider.fields.get('defaultCacheDuration') as DecodedDuration;
  const attributes = provider.fields.get('tokenAttributes');
  return {
    name: textOf(provider, 'name'),
    // Validated to be one.
    apiVersion: textOf(provider, 'apiVersion') as PluginApiVersion,
    matchImages: textsOf(provider, 'matchImages').map(({ text }) => text),
    defaultCacheDurationMs: Number(duration.nanoseconds) / 1e6,
    args: textsOf(provider, 'args').map(({ text }) => text),
    env: objectsOf(provider, 'env').map((variable) => ({
      name: textOf(variable, 'name'),
      value: textOf(variable, 'value'),
    })),
    ...(attributes?.kind === 'object' ? { tokenAttributes: toAttributes(attributes) } : {}),
  };
}

function toAttributes(attributes: DecodedObject): ServiceAccountTokenAttributes {
  const required = attributes.fields.get('requireServiceAccount');
  return {
    serviceAccountTokenAudience: textOf(attributes, 'serviceAccountTokenAudience'),
    cacheType: textOf(attributes, 'cacheType') as ServiceAccountTokenAttributes['cacheType'],
    requireServiceAccount: required?.kind === 'boolean' && required.value,
    requiredServiceAccountAnnotationKeys: keysOf(attributes, 'required'),
    optionalServiceAccountAnnotationKeys: keysOf(attributes, 'optional'),
  };
}

function keysOf(attributes: DecodedObject, which: 'required' | 'optional'): readonly string[] {
  return textsOf(attributes, `${which}ServiceAccountAnnotationKeys`).map(({ text }) => text);
}
