// The clouds that every row asks.

import { createFakeServiceAccount, startFakeCloud } from 'docker-keyring/testing';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An environment in which all three clouds' SDKs find something. */
export interface Clouds extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
}

/** Starts them. */
export async function startClouds(): Promise<Clouds> {
  const folder = mkdtempSync(join(tmpdir(), 'docker-keyring-clouds-'));
  const account = createFakeServiceAccount('robot@lab-project.iam.gserviceaccount.com');
  const keyFile = join(folder, 'key.json');
  writeFileSync(keyFile, JSON.stringify(account.key));
  const application = {
    tenantId: '11111111-2222-3333-4444-555555555555',
    clientId: '99999999-2222-3333-4444-555555555555',
    secret: 'canary',
  };
  const cloud = await startFakeCloud({
    machine: 'aws',
    googleTokenServer: { serviceAccounts: [account] },
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
    async [Symbol.asyncDispose]() {
      await cloud.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
