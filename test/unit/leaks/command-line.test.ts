import { describe, expect, test } from '@jest/globals';
import type { HttpRequest } from '../../../src/system/system.ts';
import { run } from '../cli/run.ts';
import { amount } from '../fakes/amount.ts';
import type { FakeReply } from '../fakes/fake-system.ts';
import { inOrder } from '../fakes/in-order.ts';
import { auth } from '../fakes/keyring-inputs.ts';
import { seeded } from '../fakes/random.ts';
import { CANARIES, secretsIn, USER } from './canaries.ts';
import { mutate } from './mutate.ts';

const { password, identityToken, registryToken, userToken } = CANARIES;

const DOCUMENT = JSON.stringify(
  {
    auths: {
      'r.test': { auth: auth(USER, password), email: 'robot@example.com' },
      'p.test/a': { username: USER, password: userToken },
      't.test': { registrytoken: registryToken, identitytoken: identityToken },
    },
    HttpHeaders: { 'X-Meta-Token': registryToken },
  },
  null,
  1,
);

const SECRET = `kind: Secret
metadata: { namespace: ns, name: regcred }
type: kubernetes.io/dockerconfigjson
stringData:
  .dockerconfigjson: '${DOCUMENT.replaceAll(/\n\s*/g, '')}'
`;

/** Of the same images, and one that is a secret where it should be a name. */
const POD = `kind: Pod
metadata: { namespace: ns, name: web }
spec:
  imagePullSecrets: [{ name: regcred }]
  containers: [{ name: web, image: r.test/a }, { name: job, image: 'https://${USER}:${password}@r.test/b' }, { name: c, image: '${USER}:${password}@r.test/b@sha256:0a' }]
`;

const INPUTS = ['--docker-config', '/c.json', '--secret', '/s.yaml'];
const DIGEST = `@sha256:${'0a'.repeat(32)}`;
const IMAGES = [
  'r.test/a',
  'p.test/a/b',
  `https://${USER}:${password}@r.test/a`,
  `${USER}:${password}@r.test/a${DIGEST}`,
  `https://${USER}:${password}@sha256:5000/a`,
  `r.test/a;token=${registryToken}${DIGEST}`,
];
const PODS = ['--filename', '/p.yaml', '--providers', 'environment'];
const COMMANDS: readonly (readonly string[])[] = [
  ...['text', 'json'].flatMap((output) => [
    ['lookup', ...IMAGES, ...INPUTS, '--output', output],
    ['explain', ...IMAGES, ...INPUTS, '--output', output],
    ['config', ...INPUTS, '--output', output],
    ['doctor', ...IMAGES, ...INPUTS, '--providers', 'environment', '--output', output],
    ['secret', 'validate', '/s.yaml', '--output', output],
  ]),
  ...['text', 'json', 'junit', 'github'].flatMap((output) => [
    ['verify', ...IMAGES, 't.test/a', ...INPUTS, ...PODS, '--output', output],
  ]),
];
/** Each holds a secret. */
const ENV = {
  DOCKER_USER: USER,
  DOCKER_PASSWORD: password,
  DOCKER_REGISTRY_SERVER: 'r.test',
  HTTPS_PROXY: `http://${USER}:${password}@proxy.test:3128`,
  HTTP_PROXY: `http://${USER}:12/${password}@proxy.test:3128`,
  NO_PROXY: `${USER}:${password}@no.test`,
};
const ROUNDS = amount(8, 150);

/** Registries that say what they were told: one asks for passwords, the others send to their token servers. */
function http({ url, method = 'GET', headers = {}, body = '' }: HttpRequest): FakeReply {
  const { host, pathname } = new URL(url);
  const challenge =
    host === 'r.test'
      ? 'Basic realm="r"'
      : `Bearer realm="https://${host}/token",service="${host}"`;
  const sent = headers['authorization'] ?? '';
  const decoded = Buffer.from(sent.replace(/^\w+ /, ''), 'base64').toString();
  const echo = `${sent} ${decoded} ${decodeURIComponent(body)}`;
  return {
    status: pathname === '/token' && method === 'POST' ? 400 : 401,
    headers: { 'WWW-Authenticate': challenge },
    body: { errors: [{ code: `DENIED ${echo}`, message: echo }], error_description: echo },
  };
}

describe('the command line shows no secret', () => {
  test('of whole inputs, which it does show in part', async () => {
    const files = { '/c.json': DOCUMENT, '/s.yaml': SECRET, '/p.yaml': POD };
    for (const { stdout, stderr } of await inOrder(COMMANDS, (command) =>
      run(command, { files, env: ENV, http }),
    )) {
      expect(`${stdout}${stderr}`).not.toBe('');
      expect(secretsIn(`${stdout}${stderr}`)).toEqual([]);
    }
  });

  test('that a registry says in its answer', async () => {
    const inputs = [...INPUTS, '--providers', 'none', '--output', 'json'];
    const files = { '/c.json': DOCUMENT, '/s.yaml': SECRET };
    const { stdout } = await run(['verify', 'r.test/a', 'p.test/a', 't.test/a', ...inputs], {
      files,
      http,
    });
    expect(stdout.match(/DENIED[^"]*\[redacted\]/g)).toHaveLength(3);
    expect(secretsIn(stdout)).toEqual([]);
  });

  test.each(COMMANDS)('of damaged ones: %s %s %s', async (...command) => {
    const random = seeded(51);
    const rounds = await inOrder(Array.from({ length: ROUNDS }), async () => {
      const files = {
        '/c.json': mutate(DOCUMENT, random),
        '/s.yaml': mutate(SECRET, random),
        '/p.yaml': POD,
      };
      const { stdout, stderr } = await run(command, { files, env: ENV, http });
      const fragments = secretsIn(`${stdout}${stderr}`);
      return fragments.length === 0 ? [] : [{ files, fragments }];
    });
    expect(rounds.flat()).toEqual([]);
  });
});
