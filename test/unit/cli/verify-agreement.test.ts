// The four outputs of verify say the same of every image, and the exit code says it too.

import { describe, expect, test } from '@jest/globals';
import type { VerifyReport } from '../../../src/registry/index.ts';
import { manifests, secret } from './run.ts';
import { deployment, files, regcred, verify, WEB } from './run-verify.ts';

const token = secret(
  'acr',
  JSON.stringify({
    auths: {
      'registry.example.com': {
        auth: Buffer.from('00000000-0000-0000-0000-000000000000:').toString('base64'),
        identitytoken: 'canary',
      },
    },
  }),
  'shop',
);

function pod(name: string, spec: object): Record<string, unknown> {
  return { kind: 'Pod', metadata: { name, namespace: 'shop' }, spec };
}

const account = {
  kind: 'ServiceAccount',
  metadata: {
    name: 'limited',
    namespace: 'shop',
    annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' },
  },
};
const own = { imagePullSecrets: [{ name: 'regcred' }] };
const mirror = {
  ...pod('mirror', { imagePullSecrets: [{ name: '' }], containers: [{ name: 'c', image: WEB }] }),
  metadata: {
    name: 'mirror',
    namespace: 'shop',
    annotations: { 'kubernetes.io/config.mirror': 'x' },
  },
};

const OUTPUTS = ['text', 'json', 'junit', 'github'] as const;
type Four = [text: string, json: string, junit: string, github: string];

interface Row {
  readonly objects: readonly Record<string, unknown>[];
  readonly status: string;
  readonly says: string;
  readonly exitCode: number;
}

const REFUSES = 'the API server refuses the pod: ';
const rows: readonly (readonly [string, Row])[] = [
  [
    'an image that can be pulled',
    { objects: [deployment('web', WEB)], status: 'pullable', says: 'robot', exitCode: 0 },
  ],
  [
    'a pull secret with an identity token alone',
    {
      objects: [token, deployment('web', WEB, 'acr')],
      status: 'refused',
      says: 'a kubelet ignores the identity token of the entry registry.example.com',
      exitCode: 1,
    },
  ],
  [
    'white space around an image',
    {
      objects: [pod('web', { ...own, containers: [{ name: 'c', image: `${WEB} ` }] })],
      status: 'pod-refused',
      says: `${REFUSES}spec.containers[0].image: Invalid value: `,
      exitCode: 1,
    },
  ],
  [
    'a pull secret that its account does not allow',
    {
      objects: [
        account,
        pod('web', {
          ...own,
          serviceAccountName: 'limited',
          containers: [{ name: 'c', image: WEB }],
        }),
      ],
      status: 'pod-refused',
      says: `${REFUSES}imagePullSecrets[0].name=`,
      exitCode: 1,
    },
  ],
  [
    'a pod without an image',
    {
      objects: [pod('web', { containers: [{ name: 'c' }] })],
      status: 'pod-refused',
      says: `${REFUSES}spec.containers[0].image: Required value`,
      exitCode: 1,
    },
  ],
  [
    'an image that is never pulled',
    {
      objects: [
        pod('web', { ...own, containers: [{ name: 'c', image: WEB, imagePullPolicy: 'Never' }] }),
      ],
      status: 'never-pulled',
      says: 'it must be on the node already',
      exitCode: 3,
    },
  ],
  [
    'a mirror pod with an empty name',
    {
      objects: [mirror],
      status: 'refused',
      says: 'the registry refuses anonymous pulls',
      exitCode: 1,
    },
  ],
  [
    'a registry that does not answer',
    {
      objects: [deployment('web', 'down.test/x:1')],
      status: 'unreachable',
      says: 'down.test',
      exitCode: 3,
    },
  ],
];

/** The element of JUnit's XML by exit code. */
const ELEMENTS: Readonly<Record<number, string>> = { 1: '<failure ', 3: '<error ' };

describe('The outputs of verify agree about', () => {
  test.each(rows)('%s', async (_what, { objects, status, says, exitCode }) => {
    const world = { files: { ...files, '/cwd/all.yaml': manifests(regcred, ...objects) } };
    const results = await Promise.all(
      OUTPUTS.map((output) => verify(`-f all.yaml -o ${output}`, world)),
    );
    expect(results.map((one) => one.exitCode)).toEqual(OUTPUTS.map(() => exitCode));
    const [text, json, junit, github] = results.map(({ stdout }) => stdout) as Four;
    const { ok, images } = JSON.parse(json) as VerifyReport;
    expect([ok, ...images.map((image) => image.status)]).toEqual([exitCode === 0, status]);
    expect([text, json].map((one) => one.includes(says))).toEqual([true, true]);
    // These two name what is good only by its image, or not at all.
    const isBad = exitCode !== 0;
    const [, body = ''] = junit.split(ELEMENTS[exitCode] ?? ' no element ');
    expect([body.includes(`type="${status}"`), body.includes(says)]).toEqual([isBad, isBad]);
    const isError = github.startsWith('::error file=all.yaml,');
    expect([isError, github.includes(says)]).toEqual([isBad, isBad]);
  });
});

test('The outputs of verify agree about what is left out of a folder', async () => {
  const large = '#'.repeat(10 * 1024 * 1024 + 1);
  const world = {
    files: {
      '/cwd/d/web.yaml': manifests(regcred, deployment('web', WEB)),
      '/cwd/d/x.yaml': large,
    },
  };
  const says = 'cannot read d/x.yaml: it is larger than 10485760 bytes; it is skipped';
  const results = await Promise.all(OUTPUTS.map((output) => verify(`-f d -o ${output}`, world)));
  expect(results.map(({ exitCode, stdout }) => [exitCode, stdout.includes(says)])).toEqual(
    OUTPUTS.map(() => [0, true]),
  );
  const strict = await verify('-f d --strict', world);
  expect(strict).toMatchObject({ exitCode: 1, stderr: '' });
  const named = await verify('-f d/x.yaml', world);
  expect(named).toMatchObject({ exitCode: 2, stdout: '' });
  const nothing = await verify('-f only', { files: { '/cwd/only/x.yaml': large } });
  expect(nothing.stdout).toContain('0 images: 1 warning\n');
});
