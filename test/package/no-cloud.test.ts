// What a lookup costs those whose images are of no cloud.

import { describe, expect, test } from '@jest/globals';

import { nodes } from './consumer.ts';
import { record } from './record.ts';

/** As on a machine where every SDK would find something to try. */
const CLOUD_VARIABLES = {
  // It announces the end of its support for Node 20.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  AWS_REGION: 'us-west-2',
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'canary',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:9/credentials',
  GOOGLE_APPLICATION_CREDENTIALS: '/nowhere/key.json',
  AZURE_TENANT_ID: '00000000-0000-0000-0000-000000000001',
  AZURE_CLIENT_ID: '00000000-0000-0000-0000-000000000002',
  AZURE_CLIENT_SECRET: 'canary',
  HTTPS_PROXY: 'http://127.0.0.1:9',
};

const lookUp = (image: string): string => `
  import { createKeyring } from 'docker-keyring';
  const keyring = createKeyring({ onProblem: () => {} });
  const explanation = await keyring.explain('${image}');
  const found = await keyring.lookup('${image}');
  if (found.length !== 0 || explanation === undefined) throw new Error('something was found');
  await keyring.close();`;

/** The files of Docker and podman, in which anybody's credentials may be. */
const isDockerConfig = (call: string): boolean =>
  /\/(config|auth)\.json$|\/\.dockercfg$/.test(call);

describe.each(nodes)('On Node $name, with the default providers', ({ path: node }) => {
  test.each(['quay.io/x/y', 'nginx', 'registry.example.com:5000/team/app:1.0'])(
    'looking up %s opens no socket, resolves no name, starts no process and reads no file of a cloud',
    (image) => {
      const { calls } = record(node, lookUp(image), CLOUD_VARIABLES);
      expect(calls).not.toEqual([]);
      expect(calls.filter((call) => !isDockerConfig(call))).toEqual([]);
    },
  );

  test('looking up an image of no cloud loads no SDK', () => {
    const { modules } = record(node, lookUp('quay.io/x/y'), CLOUD_VARIABLES);
    const packages = modules.flatMap((url) => /\/node_modules\/(.*)/.exec(url)?.[1] ?? []);
    expect(packages.filter((path) => !path.startsWith('docker-keyring/'))).toEqual([]);
  });
});

test('the recorder sees sockets, names, processes and SDKs', () => {
  const code = `
    import { createKeyring } from 'docker-keyring';
    import { lookup } from 'node:dns/promises';
    const keyring = createKeyring({ onProblem: () => {} });
    await keyring.lookup('123456789012.dkr.ecr.us-west-2.amazonaws.com/app');
    await lookup('localhost');
    (await import('node:child_process')).spawnSync('true');
    (await import('node:dgram')).createSocket('udp4').close();`;
  const { modules, calls } = record(process.execPath, code, CLOUD_VARIABLES);
  const names = calls.map((call) => call.split(' ')[0]);
  const expected = ['connect', 'lookup', 'spawnSync', 'createSocket'];
  expect(names).toEqual(expect.arrayContaining(expected));
  expect(modules.some((url) => url.includes('/node_modules/@aws-sdk/client-ecr/'))).toBe(true);
});
