// The subpath docker-keyring/testing: servers for tests, of this package and of its users', and the type of the options'
// `system`. Named exports, no logic.

export {
  EXAMPLE_AWS_CREDENTIALS,
  EXAMPLE_ROLE_CREDENTIALS,
  type FakeAwsCredentials,
} from './aws/fake-aws-credentials.ts';
export {
  startFakeEc2Metadata,
  type FakeEc2Metadata,
  type FakeEc2MetadataOptions,
} from './aws/fake-ec2-metadata.ts';
export {
  startFakeEcr,
  type FakeEcr,
  type FakeEcrOptions,
  type FakeEcrThrottle,
  type FakeEcrToken,
} from './aws/fake-ecr.ts';
export {
  startFakeEcsMetadata,
  type FakeEcsMetadata,
  type FakeEcsMetadataOptions,
} from './aws/fake-ecs-metadata.ts';
export {
  startFakeSts,
  type FakeSts,
  type FakeStsOptions,
  type FakeStsRole,
} from './aws/fake-sts.ts';
export type { AadTokenFinder, AadTokenOptions, FakeAadToken } from './azure/aad-tokens.ts';
export { createClientCertificate, type ClientCertificate } from './azure/client-certificate.ts';
export { startFakeAcr, type FakeAcr, type FakeAcrOptions } from './azure/fake-acr.ts';
export {
  startFakeAzureMetadata,
  type FakeAzureMetadata,
  type FakeAzureMetadataOptions,
  type FakeManagedIdentity,
} from './azure/fake-azure-metadata.ts';
export {
  startFakeEntra,
  type FakeApplication,
  type FakeEntra,
  type FakeEntraOptions,
  type FakeFederatedCredential,
} from './azure/fake-entra.ts';
export {
  createTestAuthority,
  createTestCertificate,
  type TestAuthority,
  type TestCertificate,
} from './tls/certificates.ts';
export {
  startFakeCloud,
  type CloudName,
  type FakeCloud,
  type FakeCloudOptions,
} from './cloud/start-fake-cloud.ts';
export type { FakeCloudServices, FakeServiceOptions } from './cloud/services.ts';
export {
  expectForm,
  expectHeaders,
  expectQuery,
  type FieldRules,
  type FormRules,
  type HeaderRules,
} from './expect-request.ts';
export {
  startFakeProxy,
  type FakeProxy,
  type FakeProxyOptions,
  type ProxyFault,
  type ProxyRequest,
} from './fake-proxy.ts';
export type { FakeReply, FakeRequest } from './fake-request.ts';
export {
  startFakeServer,
  type FakeHandler,
  type FakeServer,
  type FakeServerOptions,
} from './fake-server.ts';
export type { Fault, FaultOptions } from './fault.ts';
export type { FakeAuthenticationOptions } from './registry/fake-authentication.ts';
export {
  startFakeRegistry,
  type FakeRegistry,
  type FakeRegistryOptions,
} from './registry/fake-registry.ts';
export {
  startFakeGceMetadata,
  type FakeGceMetadata,
  type FakeGceMetadataOptions,
} from './google/fake-gce-metadata.ts';
export {
  startFakeGoogleSts,
  type FakeGoogleSts,
  type FakeGoogleStsOptions,
} from './google/fake-google-sts.ts';
export {
  startFakeGoogleTokenServer,
  type FakeGoogleTokenServer,
  type FakeGoogleTokenServerOptions,
  type FakeGoogleUser,
} from './google/fake-google-token-server.ts';
export {
  createFakeServiceAccount,
  type FakeServiceAccount,
} from './google/fake-service-account.ts';
export type { FakeGoogleToken } from './google/token-issuer.ts';
export type {
  AddressKind,
  DirectoryEntry,
  FileContent,
  FileStamp,
  HttpAgents,
  HttpRequest,
  HttpResponse,
  HttpStream,
  ProcessRequest,
  ProcessResult,
  ReadOptions,
  System,
  TimerOptions,
} from '../system/system.ts';
