// Signs that this machine has to do with a cloud, as variables, files and the firmware show them: no request is made.

import { posix } from 'node:path';
import type { System } from '../system/system.ts';

/** The part of the world that it takes. */
export type SignSystem = Pick<System, 'env' | 'stat' | 'readFile' | 'homeDirectory'>;

/** A cloud, by the provider that is for it. */
export interface CloudSigns {
  readonly cloud: string;
  /** What was found, each as a phrase. */
  readonly signs: readonly string[];
}

interface Cloud {
  readonly name: string;
  readonly variables: readonly string[];
  /** `~/` is the home directory. */
  readonly files: readonly string[];
  /** A file of the firmware, and what it says on the cloud's machines. */
  readonly firmware: readonly (readonly [file: string, says: RegExp])[];
}

const CLOUDS: Readonly<Record<string, Cloud>> = {
  ecr: {
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
  },
  gcr: {
    name: 'Google Cloud',
    variables: ['GOOGLE_APPLICATION_CREDENTIALS', 'GCE_METADATA_HOST', 'GOOGLE_CLOUD_PROJECT'],
    files: ['~/.config/gcloud/application_default_credentials.json'],
    // Kubernetes v1.26 pkg/credentialprovider/gcp/metadata.go, onGCEVM.
    firmware: [['product_name', /^Google(?: Compute Engine)?$/]],
  },
  acr: {
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
  },
};

const FIRMWARE = '/sys/class/dmi/id/';
const MAX_FIRMWARE_BYTES = 4096;

/** The signs of a provider's cloud; `undefined` for a provider of none. */
export async function cloudSigns(
  system: SignSystem,
  provider: string,
): Promise<CloudSigns | undefined> {
  const cloud = CLOUDS[provider];
  if (cloud === undefined) return undefined;
  const { name, variables, files, firmware } = cloud;
  const isSet = (variable: string): boolean => (system.env(variable) ?? '') !== '';
  const [there, said] = await Promise.all([
    Promise.all(files.map((file) => isThere(system, file))),
    Promise.all(firmware.map(([file, says]) => firmwareSays(system, file, says))),
  ]);
  const signs = [
    ...variables.filter(isSet).map((variable) => `${variable} is set`),
    ...files.filter((_file, index) => there[index]).map((file) => `there is ${file}`),
    ...(said.includes(true) ? ['the firmware says so'] : []),
  ];
  return { cloud: name, signs };
}

async function isThere(system: SignSystem, file: string): Promise<boolean> {
  const home = system.homeDirectory();
  if (home === '' && file.startsWith('~')) return false;
  const path = file.replace(/^~(?=\/)/, () => home);
  const stamp = await system.stat(posix.normalize(path)).catch(() => undefined);
  return stamp !== undefined;
}

async function firmwareSays(system: SignSystem, file: string, says: RegExp): Promise<boolean> {
  const options = { maxBytes: MAX_FIRMWARE_BYTES };
  const content = await system.readFile(`${FIRMWARE}${file}`, options).catch(() => undefined);
  return says.test(
    Buffer.from(content?.bytes ?? [])
      .toString('latin1')
      .trim(),
  );
}
