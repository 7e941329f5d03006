import { describe, expect, test } from '@jest/globals';
import { createKeyring, writeDockerConfig, type DockerKeyring } from '../../../src/index.ts';
import { fakeSystem } from '../fakes/fake-system.ts';
import {
  auth,
  configOf,
  providerOf,
  secretOf,
  secretWith,
  userNames,
} from '../fakes/keyring-inputs.ts';
import { inOrder } from '../fakes/in-order.ts';
import { seeded } from '../fakes/random.ts';

describe('toDockerConfig', () => {
  test('merges secrets and files; of several credentials under a key it takes the first', async () => {
    const keyring = createKeyring({
      system: fakeSystem({
        files: { '/c.json': configOf({ 'r.test': 'node', 'n.test': 'node' }) },
      }),
      dockerConfig: { files: ['/c.json'] },
      pullSecrets: [
        secretOf('a', { 'r.test': 'one' }),
        secretOf('b', { 'https://r.test/v1/': 'two' }),
      ],
      providers: [providerOf('vault', { 'p.test': 'provider' })],
    });
    const { auths } = await keyring.toDockerConfig();
    expect(auths).toEqual({ 'r.test': { auth: auth('one') }, 'n.test': { auth: auth('node') } });
  });

  test('leaves out entries whose names Go cannot parse, and may have no node layer', async () => {
    const keyring = createKeyring({
      dockerConfig: false,
      pullSecrets: [secretOf('a', { '%zz': 'x', 'r.test': 'u' })],
    });
    expect(Object.keys((await keyring.toDockerConfig()).auths)).toEqual(['r.test']);
  });

  test('reads the node’s files once, and uses what it read', async () => {
    const system = fakeSystem({ files: { '/c.json': configOf({ 'r.test': 'u' }) } });
    const keyring = createKeyring({ system, dockerConfig: { files: ['/c.json'] } });
    await keyring.lookup('r.test/a');
    await keyring.toDockerConfig();
    expect(system.touches).toEqual(['stat /c.json', 'read /c.json']);
  });
});

describe('a written config.json gives a kubelet the answers of the keyring', () => {
  const KEYS = [
    'r.test',
    'r.test/a',
    'r.test/a/',
    '*.test',
    '*.io',
    'docker.io',
    'index.docker.io',
  ];
  const MORE = [
    'gcr.io/v1/v1/x',
    'r.test/%2561',
    'r.test:80',
    'localhost',
    'gcr.io/v1/x',
    'https://gcr.io',
    'gcr.io//',
    'r.test:',
  ];
  const IMAGES = [
    'r.test/a',
    'r.test/a/b',
    'r.test:80/a',
    'nginx',
    'localhost/a',
    'gcr.io/x',
    'q.io/a',
  ];

  test('for keys that have one credential each', async () => {
    const random = seeded(21);
    const configs = Array.from({ length: 40 }, () =>
      [...KEYS, ...MORE].filter(() => random.below(2) === 0),
    );
    await inOrder(configs, async (keys) => {
      const users = Object.fromEntries(keys.map((key) => [key, `user of ${key}`]));
      const keyring = createKeyring({ dockerConfig: false, pullSecrets: [secretOf('a', users)] });
      const system = fakeSystem();
      const document = await keyring.toDockerConfig();
      await writeDockerConfig('/var/lib/kubelet/config.json', document, { system });
      const kubelet = createKeyring({ system, semantics: 'kubelet' });
      const [expected, actual] = await Promise.all([keyring, kubelet].map(findAll));
      expect({ keys, found: actual }).toEqual({ keys, found: expected });
    });
  });

  function findAll(keyring: DockerKeyring): Promise<string[][]> {
    return Promise.all(IMAGES.map(async (image) => userNames(await keyring.lookup(image))));
  }

  test('also for bytes that are not UTF-8, e-mail addresses, and an empty credential', async () => {
    const odd = Buffer.from([0x75, 0x3a, 0xff]).toString('base64');
    const auths = { 'r.test': { auth: odd, email: 'e' }, 'e.test': {} };
    const keyring = createKeyring({
      dockerConfig: false,
      pullSecrets: [secretWith('a', JSON.stringify({ auths }))],
    });
    expect((await keyring.toDockerConfig()).auths).toEqual(auths);
  });
});
