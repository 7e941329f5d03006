// Every fake service of the three clouds, with the accounts of one cloud known to all of its services.

import { randomBytes } from 'node:crypto';
import { EXAMPLE_AWS_CREDENTIALS, type FakeAwsCredentials } from '../aws/fake-aws-credentials.ts';
import {
  startFakeEc2Metadata,
  type FakeEc2Metadata,
  type FakeEc2MetadataOptions,
} from '../aws/fake-ec2-metadata.ts';
import { startFakeEcr, type FakeEcr, type FakeEcrOptions } from '../aws/fake-ecr.ts';
import {
  startFakeEcsMetadata,
  type FakeEcsMetadata,
  type FakeEcsMetadataOptions,
} from '../aws/fake-ecs-metadata.ts';
import { startFakeSts, type FakeSts, type FakeStsOptions } from '../aws/fake-sts.ts';
import { startFakeAcr, type FakeAcr, type FakeAcrOptions } from '../azure/fake-acr.ts';
import {
  startFakeAzureMetadata,
  type FakeAzureMetadata,
  type FakeAzureMetadataOptions,
} from '../azure/fake-azure-metadata.ts';
import { startFakeEntra, type FakeEntra, type FakeEntraOptions } from '../azure/fake-entra.ts';
import type { TestAuthority } from '../tls/certificates.ts';
import {
  startFakeGceMetadata,
  type FakeGceMetadata,
  type FakeGceMetadataOptions,
} from '../google/fake-gce-metadata.ts';
import {
  startFakeGoogleSts,
  type FakeGoogleSts,
  type FakeGoogleStsOptions,
} from '../google/fake-google-sts.ts';
import {
  startFakeGoogleTokenServer,
  type FakeGoogleTokenServer,
  type FakeGoogleTokenServerOptions,
} from '../google/fake-google-token-server.ts';

/** The options of each fake of a cloud, under its name. */
export interface FakeServiceOptions {
  /**
   * The clock of all services, in milliseconds since 1970.
   *
   * @defaultValue the machine's
   */
  readonly now?: () => number;
  /** @defaultValue ECR in one account, which knows the machine's keys and those that `sts` issues */
  readonly ecr?: Omit<FakeEcrOptions, 'tls'>;
  /** @defaultValue knows the same keys as `ecr`, and no roles */
  readonly sts?: FakeStsOptions;
  /** @defaultValue a machine with a role */
  readonly ec2Metadata?: FakeEc2MetadataOptions;
  /** @defaultValue a task with the same role */
  readonly ecsMetadata?: FakeEcsMetadataOptions;
  /** @defaultValue an instance with a service account that may read registries */
  readonly gceMetadata?: FakeGceMetadataOptions;
  /** @defaultValue knows no service account; takes tokens of `gceMetadata` for impersonations */
  readonly googleTokenServer?: Omit<FakeGoogleTokenServerOptions, 'tls'>;
  /** @defaultValue knows nobody's tokens */
  readonly googleSts?: Omit<FakeGoogleStsOptions, 'tls'>;
  /** @defaultValue without applications */
  readonly entra?: Omit<FakeEntraOptions, 'tls'>;
  /** @defaultValue a machine with an identity of its own */
  readonly azureMetadata?: FakeAzureMetadataOptions;
  /** @defaultValue every registry, which all identities of `entra` and `azureMetadata` may pull from */
  readonly acr?: Partial<Omit<FakeAcrOptions, 'tls'>>;
}

/** The fakes of a cloud. */
export interface FakeCloudServices {
  readonly ecr: FakeEcr;
  readonly sts: FakeSts;
  readonly ec2Metadata: FakeEc2Metadata;
  readonly ecsMetadata: FakeEcsMetadata;
  readonly gceMetadata: FakeGceMetadata;
  readonly googleTokenServer: FakeGoogleTokenServer;
  readonly googleSts: FakeGoogleSts;
  readonly entra: FakeEntra;
  readonly azureMetadata: FakeAzureMetadata;
  readonly acr: FakeAcr;
}

/** The identity of a machine on Azure that says nothing else. */
const EXAMPLE_IDENTITY = {
  tenantId: '11111111-1111-4111-8111-111111111111',
  clientId: '22222222-2222-4222-8222-222222222222',
};

/** Starts all of them; those that speak TLS alone do so with certificates of this authority. */
export async function startServices(
  options: FakeServiceOptions,
  authority: TestAuthority,
): Promise<FakeCloudServices> {
  const [aws, google, azure] = await Promise.all([
    startAws(options),
    startGoogle(options),
    startAzure(options, authority),
  ]);
  return { ...aws, ...google, ...azure };
}

type AwsServices = Pick<FakeCloudServices, 'ecr' | 'sts' | 'ec2Metadata' | 'ecsMetadata'>;

async function startAws(options: FakeServiceOptions): Promise<AwsServices> {
  const clock = clockOf(options);
  const sessionToken = randomBytes(24).toString('base64');
  // One list: ECR knows the keys that STS issues. Keys from metadata have session tokens, and the SDKs insist on them.
  const machine = { ...EXAMPLE_AWS_CREDENTIALS, accessKeyId: 'ASIAIOSFODNN7EXAMPLE', sessionToken };
  const credentials: FakeAwsCredentials[] = [machine, EXAMPLE_AWS_CREDENTIALS];
  const [ecr, sts, ec2Metadata, ecsMetadata] = await Promise.all([
    startFakeEcr({ ...clock, credentials, ...options.ecr }),
    startFakeSts({ ...clock, credentials, ...options.sts }),
    startFakeEc2Metadata({ ...clock, credentials: machine, ...options.ec2Metadata }),
    startFakeEcsMetadata({ ...clock, credentials: machine, ...options.ecsMetadata }),
  ]);
  return { ecr, sts, ec2Metadata, ecsMetadata };
}

type GoogleServices = Pick<FakeCloudServices, 'gceMetadata' | 'googleTokenServer' | 'googleSts'>;

async function startGoogle(options: FakeServiceOptions): Promise<GoogleServices> {
  const clock = clockOf(options);
  const gceMetadata = await startFakeGceMetadata({ ...clock, ...options.gceMetadata });
  const accepts = (): FakeGceMetadata['tokens'] => gceMetadata.tokens;
  const noSubjects = { audience: 'none', subjects: {} };
  const [googleTokenServer, googleSts] = await Promise.all([
    startFakeGoogleTokenServer({ ...clock, accepts, ...options.googleTokenServer }),
    startFakeGoogleSts({ ...clock, ...noSubjects, ...options.googleSts }),
  ]);
  return { gceMetadata, googleTokenServer, googleSts };
}

type AzureServices = Pick<FakeCloudServices, 'entra' | 'azureMetadata' | 'acr'>;

async function startAzure(
  options: FakeServiceOptions,
  authority: TestAuthority,
): Promise<AzureServices> {
  const clock = clockOf(options);
  const secure = { tls: authority.issueForAll(['localhost', '127.0.0.1']) };
  const machine = { systemAssigned: EXAMPLE_IDENTITY };
  const [entra, azureMetadata] = await Promise.all([
    startFakeEntra({ ...clock, applications: [], ...options.entra, ...secure }),
    startFakeAzureMetadata({ ...clock, ...machine, ...options.azureMetadata }),
  ]);
  const trusts = [entra, azureMetadata];
  const acr = await startFakeAcr({ ...clock, trusts, ...options.acr, ...secure });
  return { entra, azureMetadata, acr };
}

function clockOf({ now }: FakeServiceOptions): Pick<FakeServiceOptions, 'now'> {
  return now === undefined ? {} : { now };
}
