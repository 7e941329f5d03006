// Runs verify where nothing but registry.example.com is to be reached.

import type { HttpRequest } from '../../../src/system/system.ts';
import { answerOfRegistry } from '../docs/page-registry.ts';
import type { FakeReply } from '../fakes/fake-system.ts';
import { config, manifests, run, secret, type RunResult, type RunWorld } from './run.ts';

export const regcred: Record<string, unknown> = secret(
  'regcred',
  config({ 'registry.example.com': 'robot:hunter2' }),
  'shop',
);
export const WEB = 'registry.example.com/shop/web:1.0';

/** One that pulls with a secret. */
export function deployment(
  name: string,
  image: string,
  secretName = 'regcred',
): Record<string, unknown> {
  return {
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: {
      template: {
        spec: { imagePullSecrets: [{ name: secretName }], containers: [{ name, image }] },
      },
    },
  };
}

/** The registry of the pages; every other has a certificate that ended. */
export async function http(request: HttpRequest): Promise<FakeReply> {
  const answer = answerOfRegistry(request);
  if (answer === undefined) {
    throw Object.assign(new Error(`GET ${request.url} failed`), { code: 'CERT_HAS_EXPIRED' });
  }
  const { status, headers, body } = answer;
  return { status, headers: Object.fromEntries(headers), body };
}

/** Of the directory that verify runs in. */
export const files: Readonly<Record<string, string>> = {
  '/cwd/s.yaml': manifests(regcred),
  '/cwd/k8s/web.yaml': manifests(deployment('web', WEB)),
  '/cwd/k8s/api.yaml': manifests(deployment('api', 'registry.example.com/shop/api:2')),
  '/cwd/k8s/sub/down.yaml': manifests(deployment('down', 'down.test/x:1')),
  '/cwd/bad.yaml': 'a: [',
  '/cwd/map.yaml': manifests({ kind: 'ConfigMap', metadata: { name: 'x' } }),
};

const NOTHING_ELSE = '--no-docker-config --providers none';

/** Runs it with these arguments; this machine has no credentials of its own. */
export async function verify(line: string, world: RunWorld = {}): Promise<RunResult> {
  return run(`verify ${NOTHING_ELSE} ${line}`.trim(), { files, http, ...world });
}
