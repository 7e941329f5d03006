// docker-keyring plugin config: the configuration with which a kubelet starts `docker-keyring plugin`.
// Source: Kubernetes v1.37.2 staging/src/k8s.io/kubelet/config/v1/types.go, CredentialProviderConfig.

import type { PluginConfigError } from '../../errors.ts';
import type { ServiceAccountTokenAttributes } from '../../providers/contract.ts';
import { parsePluginConfig } from '../../providers/exec/config/plugin-config.ts';
import { tellLines } from '../../serve/tell-lines.ts';
import type { System } from '../../system/system.ts';
import type { PluginArguments } from '../inputs/plugin-arguments.ts';
import type { PluginHost } from './plugin.ts';
import { coverageOf, type Coverage } from '../../serve/config-match-images.ts';
import { PLUGIN_HELP } from './plugin-help.ts';
import { attributesOf, makePluginSources, type NamedSource } from '../inputs/plugin-providers.ts';
import { UsageError } from '../usage-error.ts';

/** Prints the help. */
export async function printPluginHelp({ stdout }: Pick<PluginHost, 'stdout'>): Promise<void> {
  await stdout.write(PLUGIN_HELP);
}

/** Prints a whole CredentialProviderConfig with one provider. */
export async function pluginConfigCommand(host: PluginHost, args: PluginArguments): Promise<void> {
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
        // Every answer says for how long it is to be kept.
        defaultCacheDuration: '0s',
        args: ['plugin', ...argumentsFor(sources, args)],
        ...(tokenAttributes && { tokenAttributes }),
      },
    ],
  };
  const text = args.output === 'json' ? toJson(document) : await toYaml(document);
  checkAsKubelet(text);
  await tellLines(host.stderr, ...notes.map((note) => `warning: ${note}`));
  await host.stdout.write(text);
}

function toJson(document: object): string {
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** The kubelet reads YAML 1.1, to which `on` is true and `1_0` a number, unless it is quoted. */
async function toYaml(document: object): Promise<string> {
  const { stringify } = await import('yaml');
  return stringify(document, { lineWidth: 0, version: '1.1' });
}

/** A kubelet does not start with a configuration that it refuses. */
function checkAsKubelet(text: string): void {
  try {
    parsePluginConfig(text, '');
  } catch (error) {
    const { reason } = error as PluginConfigError;
    throw new UsageError(`a kubelet would refuse this configuration: ${reason}`, { cause: error });
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

async function matchImagesOf(
  sources: readonly NamedSource[],
  { matchImages }: PluginArguments,
  system: System,
): Promise<Coverage> {
  if (matchImages.length > 0) return { patterns: matchImages, notes: [] };
  const all = await Promise.all(sources.map((source) => coverageOf(source, system)));
  const patterns = [...new Set(all.flatMap((coverage) => coverage.patterns))];
  const notes = all.flatMap((coverage) => coverage.notes);
  if (patterns.length > 0) return { patterns, notes };
  const why = ['the providers are for no image', ...notes].join('; ');
  throw new UsageError(`${why}: say which ones with --match-image`);
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

/** The kubelet sends a plugin tokens of one audience, for every image: those of one cloud are nothing for another. */
function checkAudiences(sources: readonly NamedSource[]): void {
  const wanted = sources.map((source) => attributesOf(source)?.serviceAccountTokenAudience);
  if (new Set(wanted).size === 1) return;
  const each = sources.map(({ name }, index) => {
    const audience = wanted[index];
    const gcrNeeds = name === 'gcr' ? ' without --gcr-project and --gcr-identity-provider' : '';
    return audience === undefined ? `${name} uses none${gcrNeeds}` : `${name} wants ${audience}`;
  });
  throw new UsageError(
    `a plugin gets tokens of one audience: ${each.join(', ')}. Run "plugin config" for each audience, with a --name of ` +
      'its own, and put the providers into one file',
  );
}

const NO_ATTRIBUTES =
  'none of the providers uses them; gcr does with --gcr-project and --gcr-identity-provider';
