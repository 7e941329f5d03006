import { describe, expect, test } from '@jest/globals';
import { run } from '../cli/run.ts';
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

const INPUTS = ['--docker-config', '/c.json', '--secret', '/s.yaml'];
const IMAGES = ['r.test/a', 'p.test/a/b', `https://${USER}:${password}@r.test/a`];
const COMMANDS: readonly (readonly string[])[] = ['text', 'json'].flatMap((output) => [
  ['lookup', ...IMAGES, ...INPUTS, '--output', output],
  ['explain', ...IMAGES, ...INPUTS, '--output', output],
  ['config', ...INPUTS, '--output', output],
  ['doctor', ...IMAGES, ...INPUTS, '--providers', 'environment', '--output', output],
  ['secret', 'validate', '/s.yaml', '--output', output],
]);
/** Each holds a secret. */
const ENV = {
  DOCKER_USER: USER,
  DOCKER_PASSWORD: password,
  DOCKER_REGISTRY_SERVER: 'r.test',
  HTTPS_PROXY: `http://${USER}:${password}@proxy.test:3128`,
  HTTP_PROXY: `http://${USER}:12/${password}@proxy.test:3128`,
  NO_PROXY: `${USER}:${password}@no.test`,
};
const ROUNDS = 150;

describe('the command line shows no secret', () => {
  test('of whole inputs, which it does show in part', async () => {
    const files = { '/c.json': DOCUMENT, '/s.yaml': SECRET };
    for (const { stdout, stderr } of await inOrder(COMMANDS, (command) =>
      run(command, { files, env: ENV }),
    )) {
      expect(`${stdout}${stderr}`).not.toBe('');
      expect(secretsIn(`${stdout}${stderr}`)).toEqual([]);
    }
  });

  test.each(COMMANDS)('of damaged ones: %s %s %s', async (...command) => {
    const random = seeded(51);
    const rounds = await inOrder(Array.from({ length: ROUNDS }), async () => {
      const files = { '/c.json': mutate(DOCUMENT, random), '/s.yaml': mutate(SECRET, random) };
      const { stdout, stderr } = await run(command, { files, env: ENV });
      const fragments = secretsIn(`${stdout}${stderr}`);
      return fragments.length === 0 ? [] : [{ files, fragments }];
    });
    expect(rounds.flat()).toEqual([]);
  });
});
