// Machines with Application Default Credentials: the documents, and how to ask there.

import type { CredentialResponse } from '../../../../src/providers/contract.ts';
import type { FakeGoogleUser } from '../../../../src/testing/google/fake-google-token-server.ts';
import {
  createFakeServiceAccount,
  type FakeServiceAccount,
} from '../../../../src/testing/google/fake-service-account.ts';
import type { ImpatientSystem } from '../../fakes/fake-system.ts';
import { googleSystem, type GoogleWorld } from './world.ts';

export const IMAGE = 'us-docker.pkg.dev/acme/containers/app';
export const PATH = '/adc.json';
export const READ_ONLY = 'https://www.googleapis.com/auth/devstorage.read_only';
export const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform';
export const EMAIL = 'puller@lab-project.iam.gserviceaccount.com';
export const TARGET = 'target@lab-project.iam.gserviceaccount.com';
export const account: FakeServiceAccount = createFakeServiceAccount(EMAIL);
export const user: FakeGoogleUser = {
  clientId: 'gcloud',
  clientSecret: 'canary-client',
  refreshToken: '1//canary',
};
export const userFile: Readonly<Record<string, string>> = {
  type: 'authorized_user',
  client_id: user.clientId,
  client_secret: user.clientSecret,
  refresh_token: user.refreshToken,
};

/** A machine whose environment names a file with this document. The SDK reads the machine's clock. */
export function machine(document: unknown, { files, ...world }: GoogleWorld = {}): ImpatientSystem {
  const env = { GOOGLE_APPLICATION_CREDENTIALS: PATH, ...world.env };
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const system = googleSystem({ ...world, env, files: { ...files, [PATH]: text } });
  return Object.assign(system, { now: () => Date.now() });
}

export function tokenHosts(url: string): Record<string, string> {
  return { 'oauth2.googleapis.com': url, 'iamcredentials.googleapis.com': url };
}

export function entryOf(answer: CredentialResponse | undefined): unknown {
  return answer?.auth['*.pkg.dev'];
}
