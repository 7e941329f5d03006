// The environment of a program that runs in a fake cloud: what leads there, and nothing that leads elsewhere.

import { join } from 'node:path';
import type { FakeCloudServices } from './services.ts';

/** A cloud whose machine a program may believe to run on. */
export type CloudName = 'aws' | 'google' | 'azure';

/** What the environment is made of. */
export interface EnvironmentParts {
  readonly services: FakeCloudServices;
  readonly machine: CloudName | 'none';
  readonly proxyUrl: string;
  /** A folder of the cloud's own. */
  readonly folder: string;
  /** A file with the authority's certificate. */
  readonly caFile: string;
}

/** Refuses every connection at once: port 1 (tcpmux) is for no server of today. */
const NOBODY = '127.0.0.1:1';

/** All variables, whose values replace inherited ones. */
export function cloudEnvironment(parts: EnvironmentParts): Record<string, string> {
  return {
    ...proxyVariables(parts),
    ...awsVariables(parts),
    ...googleVariables(parts),
    ...azureVariables(parts),
  };
}

function proxyVariables({ proxyUrl, caFile }: EnvironmentParts): Record<string, string> {
  const exceptions = '127.0.0.1,localhost';
  return {
    HTTPS_PROXY: proxyUrl,
    HTTP_PROXY: proxyUrl,
    ALL_PROXY: proxyUrl,
    NO_PROXY: exceptions,
    // Programs look at these first, or alone; an inherited one would win.
    https_proxy: proxyUrl,
    http_proxy: proxyUrl,
    all_proxy: proxyUrl,
    no_proxy: exceptions,
    NODE_EXTRA_CA_CERTS: caFile,
    // The same for OpenSSL and Go, curl, Python, and the AWS SDKs of other languages.
    SSL_CERT_FILE: caFile,
    CURL_CA_BUNDLE: caFile,
    REQUESTS_CA_BUNDLE: caFile,
    AWS_CA_BUNDLE: caFile,
  };
}

function awsVariables({ services, machine, folder }: EnvironmentParts): Record<string, string> {
  const { ecr, sts, ec2Metadata } = services;
  return {
    AWS_ENDPOINT_URL_ECR: ecr.url,
    AWS_ENDPOINT_URL_ECR_PUBLIC: ecr.url,
    ...sts.env,
    AWS_CONFIG_FILE: join(folder, 'aws-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'aws-credentials'),
    AWS_PROFILE: '',
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_SESSION_TOKEN: '',
    ...(machine === 'aws' ? ec2Metadata.env : { AWS_EC2_METADATA_DISABLED: 'true' }),
  };
}

function googleVariables({ services, machine, folder }: EnvironmentParts): Record<string, string> {
  return {
    GOOGLE_APPLICATION_CREDENTIALS: '',
    CLOUDSDK_CONFIG: join(folder, 'gcloud'),
    GCE_METADATA_IP: '',
    ...(machine === 'google'
      ? { METADATA_SERVER_DETECTION: '', ...services.gceMetadata.env }
      : { METADATA_SERVER_DETECTION: 'none', GCE_METADATA_HOST: NOBODY }),
  };
}

function azureVariables({ services, machine, folder }: EnvironmentParts): Record<string, string> {
  return {
    AZURE_TENANT_ID: '',
    AZURE_CLIENT_ID: '',
    AZURE_CLIENT_SECRET: '',
    AZURE_CLIENT_CERTIFICATE_PATH: '',
    AZURE_FEDERATED_TOKEN_FILE: '',
    AZURE_AUTHORITY_HOST: '',
    AZURE_CONFIG_DIR: join(folder, 'azure'),
    // Not MSI_ENDPOINT: set, though empty, it means Cloud Shell to @azure/identity, which has no assigned identities.
    IDENTITY_ENDPOINT: '',
    ...(machine === 'azure'
      ? services.azureMetadata.env
      : { AZURE_POD_IDENTITY_AUTHORITY_HOST: `http://${NOBODY}` }),
  };
}
