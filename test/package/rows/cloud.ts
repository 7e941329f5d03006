// The clouds that every row asks.

import { createFakeServiceAccount, startFakeCloud } from 'docker-keyring/testing';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An environment in which all three clouds' SDKs find something. */
export interface Clouds extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
  /** Application Default Credentials of the other kind: those by which a workload of another cloud signs in. */
  readonly federationFile: string;
}

const AUDIENCE =
  '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x';

/** Starts them. */
export async function startClouds(): Promise<Clouds> {
  const folder = mkdtempSync(join(tmpdir(), 'docker-keyring-clouds-'));
  const account = createFakeServiceAccount('robot@lab-project.iam.gserviceaccount.com');
  const keyFile = join(folder, 'key.json');
  writeFileSync(keyFile, JSON.stringify(account.key));
  const federationFile = join(folder, 'federation.json');
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, 'a.b.c');
  const federation = {
    type: 'external_account',
    audience: AUDIENCE,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: 'https://sts.googleapis.com/v1/token',
    credential_source: { file: tokenFile },
  };
  writeFileSync(federationFile, JSON.stringify(federation));
  const application = {
    tenantId: '11111111-2222-3333-4444-555555555555',
    clientId: '99999999-2222-3333-4444-555555555555',
    secret: 'canary',
  };
  const cloud = await startFakeCloud({
    machine: 'aws',
    googleTokenServer: { serviceAccounts: [account] },
    googleSts: { audience: AUDIENCE, subjects: { 'a.b.c': 'workload' } },
    entra: { applications: [application] },
  });
  const env = {
    ...cloud.env,
    HOME: folder,
    // The SDK announces the end of its support for Node 20.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    GOOGLE_APPLICATION_CREDENTIALS: keyFile,
    AZURE_TENANT_ID: application.tenantId,
    AZURE_CLIENT_ID: application.clientId,
    AZURE_CLIENT_SECRET: application.secret,
  };
  return {
    env,
    federationFile,
    async [Symbol.asyncDispose]() {
      await cloud.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
