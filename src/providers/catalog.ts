// The catalog of providers: one row for each. Whatever names providers reads it: the command line, the configuration of
// docker-credential-keyring, `doctor`, and the tests, which fail where something of a row is missing.
// To add a provider: its folder, a row here, its page in docs/providers. Factories are loaded when they are needed: a
// kubelet starts a plugin for each image.
// Must not be imported here: what makes the providers, but by import().

import type { System } from '../system/system.ts';
import type { CredentialProvider, ProviderSet } from './contract.ts';
import type { GcrServiceAccountOptions } from './gcr/gcr-options.ts';

/** Where providers are named: `--providers`, `plugin --provider`, the configuration of docker-credential-keyring. */
export type NamingPlace = 'lookup' | 'plugin' | 'credential-helper';

/** What a provider is made with. */
export interface Making {
  readonly system: System;
  /** The images that a provider of every registry is asked for, where the caller knows them. */
  readonly matchImages?: readonly string[];
  /** Present to use the tokens of pods' service accounts; with what Google's provider needs for it. */
  readonly serviceAccounts?: { readonly gcr: GcrServiceAccountOptions | undefined };
}

/** How `doctor` finds out whether a machine has to do with a cloud, without a request. */
export interface Cloud {
  readonly name: string;
  /** Variables that are set on its machines, or by its tools. */
  readonly variables: readonly string[];
  /** `~/` is the home directory. */
  readonly files: readonly string[];
  /** Files below /sys/class/dmi/id, and what they hold on the cloud's machines. */
  readonly firmware: readonly (readonly [file: string, content: RegExp])[];
  /** Docker credential helpers of the cloud: `gcloud` for `docker-credential-gcloud`. */
  readonly helpers: readonly string[];
  /** Findings of the provider's `diagnose()` that are `ok` only where the cloud knows this machine. */
  readonly proofs: readonly string[];
}

interface Row {
  /** What names it, before the colon where it has an argument. */
  readonly name: string;
  /** What follows the colon, as help texts write it; `FILE` is a path. */
  readonly argument?: 'NAME' | 'FILE' | 'CONFIG,BINDIR';
  readonly namedIn: readonly NamingPlace[];
  /** Whether it is asked where no providers are named. */
  readonly isDefault?: boolean;
  /**
   * Its images: its cloud's registries, every registry, or what its configuration says. A kubelet's patterns cannot say
   * "every registry": one with a port must be named.
   */
  readonly images: 'of its cloud' | 'every registry' | 'as configured';
  /** Whether a program caches its answers until its next start. Those of a helper or a file are at hand anyway. */
  readonly isCached: boolean;
  readonly cloud?: Cloud;
  /** Its page, below docs/. */
  readonly page: string;
}

/** A provider, or a set of them. */
export interface ProviderRow extends Row {
  /** The function of `docker-keyring/providers`. */
  readonly factory: string;
  make(making: Making, argument: string): Promise<CredentialProvider | ProviderSet>;
}

/** What a plugin serves besides providers: the command line makes it, since rooms behind this one are needed. */
export interface PluginSourceRow extends Row {
  readonly name: 'config' | 'module';
  readonly argument: 'FILE';
  readonly make?: undefined;
}

export type CatalogRow = ProviderRow | PluginSourceRow;

const EVERYWHERE = ['lookup', 'plugin', 'credential-helper'] as const;

/** In the order in which texts list them, and in which the default ones are asked. */
export const CATALOG: readonly CatalogRow[] = [
  {
    name: 'ecr',
    factory: 'ecr',
    namedIn: EVERYWHERE,
    isDefault: true,
    images: 'of its cloud',
    isCached: true,
    page: 'providers/ecr.md',
    async make({ system, serviceAccounts }) {
      const { ecr } = await import('./ecr/ecr.ts');
      return ecr({ system, ...(serviceAccounts && { serviceAccount: {} }) });
    },
    cloud: {
      name: 'Amazon Web Services',
      // docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html, and what EKS, ECS and Lambda set.
      variables: [
        'AWS_REGION',
        'AWS_DEFAULT_REGION',
        'AWS_PROFILE',
        'AWS_CONFIG_FILE',
        'AWS_SHARED_CREDENTIALS_FILE',
        'AWS_ACCESS_KEY_ID',
        'AWS_ROLE_ARN',
        'AWS_WEB_IDENTITY_TOKEN_FILE',
        'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
        'AWS_CONTAINER_CREDENTIALS_FULL_URI',
        'AWS_EXECUTION_ENV',
      ],
      files: ['~/.aws/credentials', '~/.aws/config'],
      // docs.aws.amazon.com/AWSEC2/latest/UserGuide/identify_ec2_instances.html
      firmware: [
        ['sys_vendor', /^Amazon EC2$/],
        ['bios_version', /amazon/],
      ],
      helpers: ['ecr-login'],
      proofs: ['identity', 'token'],
    },
  },
  {
    name: 'gcr',
    factory: 'gcr',
    namedIn: EVERYWHERE,
    isDefault: true,
    images: 'of its cloud',
    isCached: true,
    page: 'providers/gcr.md',
    async make({ system, serviceAccounts }) {
      const { gcr } = await import('./gcr/gcr.ts');
      return gcr({ system, serviceAccount: serviceAccounts?.gcr });
    },
    cloud: {
      name: 'Google Cloud',
      variables: ['GOOGLE_APPLICATION_CREDENTIALS', 'GCE_METADATA_HOST', 'GOOGLE_CLOUD_PROJECT'],
      files: ['~/.config/gcloud/application_default_credentials.json'],
      // Kubernetes v1.26 pkg/credentialprovider/gcp/metadata.go, onGCEVM.
      firmware: [['product_name', /^Google(?: Compute Engine)?$/]],
      helpers: ['gcr', 'gcloud'],
      proofs: ['identity'],
    },
  },
  {
    name: 'acr',
    factory: 'acr',
    namedIn: EVERYWHERE,
    isDefault: true,
    images: 'of its cloud',
    isCached: true,
    page: 'providers/acr.md',
    async make({ system, serviceAccounts }) {
      const { acr } = await import('./acr/acr.ts');
      return acr({ system, serviceAccount: serviceAccounts && {} });
    },
    cloud: {
      name: 'Azure',
      variables: [
        'AZURE_TENANT_ID',
        'AZURE_CLIENT_ID',
        'AZURE_FEDERATED_TOKEN_FILE',
        'IDENTITY_ENDPOINT',
        'MSI_ENDPOINT',
      ],
      files: ['/etc/kubernetes/azure.json', '~/.azure/azureProfile.json'],
      // cloud-init, sources/helpers/azure.py, ChassisAssetTag: the same on every machine of Azure.
      firmware: [['chassis_asset_tag', /^7783-7084-3265-9085-8269-3286-77$/]],
      helpers: ['acr-env'],
      proofs: ['identity', 'token'],
    },
  },
  {
    name: 'environment',
    factory: 'environment',
    namedIn: EVERYWHERE,
    images: 'as configured',
    isCached: false,
    page: 'providers/environment.md',
    async make({ system }) {
      const { environment } = await import('./environment.ts');
      return environment({ system });
    },
  },
  {
    name: 'helper',
    argument: 'NAME',
    factory: 'dockerHelper',
    namedIn: EVERYWHERE,
    images: 'every registry',
    isCached: false,
    page: 'providers/docker-helper.md',
    async make({ system, matchImages }, name) {
      const { dockerHelper } = await import('./docker-helper/docker-helper.ts');
      return dockerHelper(name, { system, matchImages });
    },
  },
  {
    name: 'config',
    argument: 'FILE',
    namedIn: ['plugin'],
    images: 'as configured',
    isCached: false,
    page: 'node-configuration.md',
  },
  {
    name: 'module',
    argument: 'FILE',
    namedIn: ['plugin'],
    images: 'as configured',
    isCached: true,
    page: 'writing-providers.md',
  },
  {
    name: 'exec',
    argument: 'CONFIG,BINDIR',
    factory: 'execPlugins',
    namedIn: ['credential-helper'],
    images: 'as configured',
    isCached: true,
    page: 'providers/exec-plugins.md',
    async make({ system }, paths) {
      const { execPlugins } = await import('./exec/exec-plugins.ts');
      const comma = paths.indexOf(',');
      const [config, binDir] = [paths.slice(0, comma), paths.slice(comma + 1)];
      return execPlugins({ config, binDir, system });
    },
  },
];

/** The names of the providers that are asked where none are named. */
export const DEFAULT_NAMES: readonly string[] = CATALOG.filter(
  ({ isDefault = false }) => isDefault,
).map(({ name }) => name);

/** What can be named in a place, as help texts write it: `ecr`, `helper:NAME`. */
export function namesIn(place: NamingPlace): readonly string[] {
  return CATALOG.filter(({ namedIn }) => namedIn.includes(place)).map(({ name, argument }) =>
    argument === undefined ? name : `${name}:${argument}`,
  );
}

/** A row, and the argument that it was named with: `''` where it takes none. */
export interface Named<R extends CatalogRow> {
  readonly row: R;
  readonly argument: string;
}

/** The row that a text names in a place, such as `ecr` or `helper:pass`; `undefined` where it names none. */
export function findRow(text: string, place: 'plugin'): Named<CatalogRow> | undefined;
export function findRow(
  text: string,
  place: Exclude<NamingPlace, 'plugin'>,
): Named<ProviderRow> | undefined;
export function findRow(text: string, place: NamingPlace): Named<CatalogRow> | undefined {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const row = CATALOG.find(
    (one) =>
      one.name === name &&
      one.namedIn.includes(place) &&
      (one.argument === undefined) === colon < 0,
  );
  return row && { row, argument: colon < 0 ? '' : text.slice(colon + 1) };
}
