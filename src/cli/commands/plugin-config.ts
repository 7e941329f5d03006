// docker-keyring plugin config: the CredentialProviderConfig with which a kubelet starts `docker-keyring plugin`.
// Source: Kubernetes v1.37.2 staging/src/k8s.io/kubelet/config/v1/types.go, CredentialProviderConfig.

import type { PluginConfigError } from '../../errors.ts';
import { writeYaml } from '../../config/yaml/write-yaml.ts';
import type { ServiceAccountTokenAttributes } from '../../providers/contract.ts';
import { parsePluginConfig } from '../../providers/exec/config/plugin-config.ts';
import { configMatchImages } from '../../serve/config-match-images.ts';
import { writeMessages } from '../../serve/write-messages.ts';
import type { TextOutput } from '../../system/process/standard-streams.ts';
import type { System } from '../../system/system.ts';
import type { PluginArguments } from '../inputs/plugin-arguments.ts';
import {
  attributesOf,
  idleReason,
  makePluginSources,
  type NamedSource,
  type ProviderMaking,
} from '../inputs/plugin-providers.ts';
import { UsageError } from '../usage-error.ts';
import { has } from '../../util/own.ts';

interface ConfigHost extends ProviderMaking {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
}

/** Prints a CredentialProviderConfig with one provider. */
export async function pluginConfigCommand(host: ConfigHost, args: PluginArguments): Promise<void> {
  const sources = await makePluginSources(host, args);
  const tokenAttributes = mergedAttributes(sources, args);
  const { patterns, notes } = await matchImagesOf(sources, args, host.system);
  const document = {
    apiVersion: 'kubelet.config.k8s.io/v1',
    kind: 'CredentialProviderConfig',
    providers: [
      {
        name: args.name,
        apiVersion: `credentialprovider.kubelet.k8s.io/${args.apiVersion}`,
        matchImages: patterns,
        // Every response has its own cache duration.
        defaultCacheDuration: '0s',
        args: ['plugin', ...argumentsFor(sources, args)],
        ...(tokenAttributes && { tokenAttributes: { ...tokenAttributes } }),
      },
    ],
  };
  const text = args.output === 'json' ? toJson(document) : writeYaml(document);
  await checkAsKubelet(text);
  await writeMessages(host.stderr, ...notes.map((note) => `warning: ${note}`));
  await host.stdout.write(text);
}

function toJson(document: object): string {
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** A kubelet does not start with an invalid configuration. */
async function checkAsKubelet(text: string): Promise<void> {
  try {
    await parsePluginConfig(text, '');
  } catch (error) {
    const { reason } = error as PluginConfigError;
    throw new UsageError(`a kubelet would reject this configuration: ${reason}`, { cause: error });
  }
}

function argumentsFor(sources: readonly NamedSource[], args: PluginArguments): readonly string[] {
  const values: readonly (readonly [string, string | undefined])[] = [
    ...sources.map(({ name }) => ['--provider', name] as const),
    ['--cache-dir', args.cacheDir],
    ['--gcr-project', args.gcrProject],
    ['--gcr-identity-provider', args.gcrIdentityProvider],
  ];
  return [
    ...values.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])),
    ...(args.usesCache ? [] : ['--no-cache']),
    ...(args.serviceAccountTokens ? ['--service-account-tokens'] : []),
  ];
}

interface MatchImages {
  readonly patterns: readonly string[];
  /** What the patterns do not cover, in a sentence each. */
  readonly notes: readonly string[];
}

async function matchImagesOf(
  sources: readonly NamedSource[],
  { matchImages }: PluginArguments,
  system: System,
): Promise<MatchImages> {
  if (matchImages.length > 0) return { patterns: matchImages, notes: [] };
  const all = await Promise.all(sources.map((source) => matchImagesOfSource(source, system)));
  const patterns = [...new Set(all.flatMap((one) => one.patterns))];
  const notes = all.flatMap((one) => one.notes);
  if (patterns.length > 0) return { patterns, notes };
  const why = ['the providers match no image', ...notes].join('; ');
  throw new UsageError(`${why}; name the images with --match-image`);
}

async function matchImagesOfSource(source: NamedSource, system: System): Promise<MatchImages> {
  const { name, served, isForEvery } = source;
  if (name.startsWith(CONFIG)) {
    const path = name.slice(CONFIG.length);
    const { patterns, hasCredsStore } = await configMatchImages(path, system);
    return { patterns, notes: hasCredsStore ? [withoutPorts(`the credsStore of ${path}`)] : [] };
  }
  if (!has(served, 'matchImages')) {
    throw new UsageError(`${name} has no matchImages: name its images with --match-image`);
  }
  // Without its variables, the registry of `environment` is unknown.
  const idle = idleReason(source);
  if (idle !== undefined) return { patterns: [], notes: [idle] };
  return { patterns: served.matchImages, notes: isForEvery ? [withoutPorts(name)] : [] };
}

const CONFIG = 'config:';

function withoutPorts(what: string): string {
  return (
    `${what} may have credentials of every registry, but no kubelet pattern matches every port: to cover registries ` +
    'with a port, list all patterns with --match-image'
  );
}

function mergedAttributes(
  sources: readonly NamedSource[],
  { serviceAccountTokens, apiVersion }: PluginArguments,
): ServiceAccountTokenAttributes | undefined {
  const all = sources.map(attributesOf).filter((attributes) => attributes !== undefined);
  const [first] = all;
  if (first === undefined) {
    if (serviceAccountTokens) throw new UsageError(`--service-account-tokens: ${NO_ATTRIBUTES}`);
    return undefined;
  }
  if (apiVersion !== 'v1') {
    throw new UsageError('tokens of service accounts need --api-version v1');
  }
  checkAudiences(sources);
  if (sources.length > 1 && all.some((one) => one.requireServiceAccount)) {
    throw new UsageError('a provider that requires a service account needs a plugin of its own');
  }
  if (sources.length === 1) return first;
  return {
    serviceAccountTokenAudience: first.serviceAccountTokenAudience,
    cacheType: all.some(({ cacheType }) => cacheType === 'Token') ? 'Token' : 'ServiceAccount',
    requireServiceAccount: false,
    optionalServiceAccountAnnotationKeys: [
      ...new Set(all.flatMap((one) => one.optionalServiceAccountAnnotationKeys ?? [])),
    ],
  };
}

/** The kubelet sends a plugin tokens of one audience for every image, and no two clouds accept the same audience. */
function checkAudiences(sources: readonly NamedSource[]): void {
  const wanted = sources.map((source) => attributesOf(source)?.serviceAccountTokenAudience);
  if (new Set(wanted).size === 1) return;
  const each = sources.map(({ name }, index) => {
    const audience = wanted[index];
    const gcrNeeds = name === 'gcr' ? ' without --gcr-project and --gcr-identity-provider' : '';
    return audience === undefined ? `${name} uses none${gcrNeeds}` : `${name} wants ${audience}`;
  });
  throw new UsageError(
    `a plugin gets tokens of one audience: ${each.join(', ')}. Run "plugin config" once for each audience, with ` +
      'different values of --name, and put the providers into one file',
  );
}

const NO_ATTRIBUTES =
  'none of the providers uses them; gcr does with --gcr-project and --gcr-identity-provider';
