// Secrets judged beside a real API server. Without one (LAB_KUBECONFIG names its kubeconfig) it says so; npm test compares
// with recorded answers.

import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';

import { connectApiServer, type ApiServerAnswer } from '../conformance/secrets/api-server.ts';
import { SECRET_CASES } from '../conformance/secrets/secret-cases.ts';
import { recordSecretVectors, secretDifference } from '../conformance/secrets/vectors.ts';

const { LAB_KUBECONFIG, LAB_BIN, LAB_RECORD } = process.env;
const kubectl = LAB_BIN === undefined ? 'kubectl' : join(LAB_BIN, 'kubectl');

async function askAll(kubeconfig: string): Promise<ApiServerAnswer[]> {
  const server = await connectApiServer(kubectl, kubeconfig);
  // One after the other: they have the same name.
  const answers = SECRET_CASES.reduce<Promise<ApiServerAnswer[]>>(
    async (before, { secret }) => [...(await before), await server.ask(secret)],
    Promise.resolve([]),
  );
  return answers.finally(() => server.close());
}

describe('validatePullSecret', () => {
  test(`judges ${SECRET_CASES.length} Secrets as the API server does`, async () => {
    if (LAB_KUBECONFIG === undefined) {
      console.warn('LAB_KUBECONFIG is not set: no API server is asked.');
      return;
    }
    const answers = await askAll(LAB_KUBECONFIG);
    if (LAB_RECORD === '1') await recordSecretVectors(answers);
    const differing = SECRET_CASES.flatMap(({ title, secret }, index) => {
      const difference = secretDifference(secret, answers[index] ?? { status: 0 });
      return difference === undefined ? [] : [{ title, ...difference }];
    });
    expect(differing).toEqual([]);
  });
});
