// What a credential helper says and does, but for the one answer that is a credential, holds no secret: errors, standard
// error, and the arguments and environments of child processes.

import { describe, expect, test } from '@jest/globals';
import { runCredentialHelper } from '../../../src/cli/credential-helper/run-credential-helper.ts';
import { fakeSystem } from '../fakes/fake-system.ts';
import { inOrder } from '../fakes/in-order.ts';
import { auth } from '../fakes/keyring-inputs.ts';
import { seeded } from '../fakes/random.ts';
import { fakeHost } from '../serve/helper/helper-host.ts';
import { CANARIES, secretsIn, USER } from './canaries.ts';
import { mutate } from './mutate.ts';

const { password, identityToken, registryToken, userToken } = CANARIES;
const HOME = '/home/user';
const CONFIG = `${HOME}/.config/docker-keyring/helper.json`;
const STORE = `${HOME}/.local/share/docker-keyring/credentials.json`;
const AUTHS = JSON.stringify({
  auths: {
    'r.test': { auth: auth(USER, password) },
    't.test': { identitytoken: identityToken, registrytoken: registryToken },
    'u.test': { username: USER, password: userToken },
  },
  credsStore: 'pass',
});
const CREDENTIAL = JSON.stringify({ ServerURL: 'r.test', Username: USER, Secret: password });
const CONFIGS = [
  { providers: ['environment', 'helper:other'], dockerConfig: ['/c.json'], cache: false },
  { providers: [], dockerConfig: ['/c.json'], store: 'helper:pass' },
  { providers: ['helper:keyring'] },
];
const ENV = { DOCKER_USER: USER, DOCKER_PASSWORD: password, DOCKER_REGISTRY_SERVER: 'e.test' };
const ACTIONS = ['get', 'store', 'erase', 'list'];
const ROUNDS = 60;

interface Said {
  readonly text: string;
  readonly runs: string;
}

/** Everything but the answer of a `get` that succeeds. */
async function say(
  action: string,
  stdin: string,
  files: Readonly<Record<string, string>>,
): Promise<Said> {
  const system = fakeSystem({
    files,
    env: ENV,
    run: ({ args }) => ({
      exitCode: args[0] === 'list' ? 0 : 1,
      stdout: `no: ${CREDENTIAL}`,
      stderr: `debug: ${identityToken}`,
    }),
  });
  const host = fakeHost([action], stdin);
  await runCredentialHelper(host, system);
  const { exitCode, stdout, stderr } = host.ending();
  const runs = system.runs.map(({ command, args, env }) => JSON.stringify([command, args, env]));
  return { text: exitCode === 0 ? stderr : `${stdout}${stderr}`, runs: runs.join('\n') };
}

describe('docker-credential-keyring shows no secret', () => {
  test.each(CONFIGS)('with %j', async (config) => {
    const files = { [CONFIG]: JSON.stringify(config), [STORE]: AUTHS, '/c.json': AUTHS };
    const questions = ACTIONS.flatMap((action) =>
      ['r.test', 't.test', 'other.test', CREDENTIAL].map((stdin) => [action, stdin] as const),
    );
    const said = await inOrder(questions, ([action, stdin]) => say(action, stdin, files));
    for (const { text, runs } of said) expect([secretsIn(text), secretsIn(runs)]).toEqual([[], []]);
  });

  test.each(ACTIONS)('of damaged inputs: %s', async (action) => {
    const random = seeded(73);
    const rounds = await inOrder(Array.from({ length: ROUNDS }), async () => {
      const files = {
        [CONFIG]: mutate(JSON.stringify(CONFIGS[0]), random),
        [STORE]: mutate(AUTHS, random),
        '/c.json': mutate(AUTHS, random),
      };
      const stdin = action === 'store' ? mutate(CREDENTIAL, random) : 'r.test';
      const { text, runs } = await say(action, stdin, files);
      const fragments = secretsIn(`${text}${runs}`);
      return fragments.length === 0 ? [] : [{ files, stdin, fragments }];
    });
    expect(rounds.flat()).toEqual([]);
  });
});
