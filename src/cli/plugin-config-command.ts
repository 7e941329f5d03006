// docker-keyring plugin config: the configuration with which a kubelet starts `docker-keyring plugin`.
// Source: Kubernetes v1.37.2 staging/src/k8s.io/kubelet/config/v1/types.go, CredentialProviderConfig.

import { entryName, registryKey, type RegistryKey } from '../keyring/registry-key.ts';
import type { ServiceAccountTokenAttributes } from '../providers/contract.ts';
import type { PluginArguments } from './plugin-arguments.ts';
import type { PluginHost } from './plugin-command.ts';
import { PLUGIN_HELP } from './plugin-help.ts';
import { attributesOf, makePluginSources, type NamedSource } from './plugin-providers.ts';
import { UsageError } from './usage-error.ts';

/** Prints the help. */
export async function printPluginHelp({ stdout }: Pick<PluginHost, 'stdout'>): Promise<void> {
  await stdout.write(PLUGIN_HELP);
}

/** Prints a whole CredentialProviderConfig with one provider. */
export async function pluginConfigCommand(host: PluginHost, args: PluginArguments): Promise<void> {
  checkName(args.name);
  const sources = await makePluginSources(host, args);
  const tokenAttributes = mergedAttributes(sources, args);
  const document = {
    apiVersion: 'kubelet.config.k8s.io/v1',
    kind: 'CredentialProviderConfig',
    providers: [
      {
        name: args.name,
        apiVersion: `credentialprovider.kubelet.k8s.io/${args.apiVersion}`,
        matchImages: await matchImagesOf(sources, args),
        // Every answer says for how long it is to be kept.
        defaultCacheDuration: '0s',
        args: ['plugin', ...argumentsFor(sources, args)],
        ...(tokenAttributes && { tokenAttributes }),
      },
    ],
  };
  const json = JSON.stringify(document, undefined, 2);
  if (args.output === 'json') return void (await host.stdout.write(`${json}\n`));
  const { stringify } = await import('yaml');
  await host.stdout.write(stringify(document, { lineWidth: 0 }));
}

/** The kubelet's own rules for it (pkg/credentialprovider/plugin/config.go, validateCredentialProviderConfig). */
function checkName(name: string): void {
  if (!/[\s/]/.test(name) && name !== '.' && name !== '..') return;
  throw new UsageError('--name must be the name of a file, without slashes and blanks');
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
): Promise<readonly string[]> {
  if (matchImages.length > 0) return matchImages;
  const all = new Set<string>();
  for (const source of sources) for (const pattern of await patternsOf(source)) all.add(pattern);
  if (all.size > 0) return [...all];
  throw new UsageError('the providers are for no image: say which ones with --match-image');
}

async function patternsOf({ name, served }: NamedSource): Promise<readonly string[]> {
  if ('matchImages' in served) {
    // Which registry is not known either where its variables are unset.
    return served.skipReason?.() === undefined ? served.matchImages : [];
  }
  const { toDockerConfig } = served as Partial<Static>;
  if (toDockerConfig === undefined) {
    throw new UsageError(`${name} does not say which images it is for: use --match-image`);
  }
  const { auths } = await toDockerConfig();
  return Object.keys(auths).flatMap(patternsOfKey);
}

interface Static {
  readonly toDockerConfig: () => Promise<{
    readonly auths: Readonly<Record<string, unknown>>;
  }>;
}

/** A key of a config.json, without scheme and version; Docker Hub is asked for by a shorter name than its key. */
function patternsOfKey(rawKey: string): readonly string[] {
  // The document has no keys that the kubelet would pass over.
  const { key } = registryKey(rawKey) as RegistryKey;
  const pattern = entryName(key).replace(/^https?:\/\//, '');
  return /^index\.docker\.io(\/|$)/.test(pattern) ? ['docker.io', 'index.docker.io'] : [pattern];
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
  const audiences = new Set(all.map((one) => one.serviceAccountTokenAudience));
  if (audiences.size > 1) {
    throw new UsageError(
      `one plugin gets tokens of one audience, and these want ${[...audiences].join(', ')}: configure one plugin for each`,
    );
  }
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

const NO_ATTRIBUTES =
  'none of the providers uses them; gcr does with --gcr-project and --gcr-identity-provider';
