import { describe, expect, test } from '@jest/globals';
import { CHAIN_VARIABLE, joinChain, withoutLoops } from '../../../../src/serve/helper/loops.ts';
import { fakeSystem, type FakeWorld } from '../../fakes/fake-system.ts';

const NAME = 'docker-credential-keyring';

describe('joinChain', () => {
  test('adds a name for the children to see', () => {
    const env: Record<string, string | undefined> = {};
    joinChain(env, 'docker-credential-outer');
    joinChain(env, NAME);
    expect(env[CHAIN_VARIABLE]).toBe(`docker-credential-outer:${NAME}`);
  });

  test('notices a name that is there already', () => {
    const env = { [CHAIN_VARIABLE]: `${NAME}::docker-credential-other` };
    expect(() => joinChain(env, NAME)).toThrow(
      `a loop of credential helpers: ${NAME} → docker-credential-other → ${NAME}; remove ${NAME} from the sources of docker-credential-other`,
    );
    expect(env[CHAIN_VARIABLE]).toBe(`${NAME}::docker-credential-other`);
  });
});

describe('withoutLoops', () => {
  async function run(command: string, program?: FakeWorld['run']) {
    const told: string[] = [];
    const outer = fakeSystem(program === undefined ? {} : { run: program });
    const system = withoutLoops(outer, { name: NAME, onLoop: (message) => told.push(message) });
    const request = { command, args: ['get'], stdin: 'r.test', timeoutMs: 1, maxOutputBytes: 1 };
    const ending = await system.run(request).catch((error: unknown) => error);
    return { ending, told, runs: outer.runs.map((one) => one.command) };
  }

  test.each([NAME, `/usr/bin/${NAME}`, String.raw`C:\bin\docker-credential-keyring.EXE`])(
    'does not start %s',
    async (command) => {
      const { ending, told, runs } = await run(command);
      expect(ending).toMatchObject({ code: 'ELOOP' });
      expect(told).toEqual([
        `a loop of credential helpers: a source of ${NAME} names ${NAME} itself, which is skipped`,
      ]);
      expect(runs).toEqual([]);
    },
  );

  test.each([
    ['stdout', 'docker-credential-around', 'docker-credential-around'],
    ['stderr', '/opt/docker-credential-around', 'docker-credential-around'],
    ['stderr', '/opt/plugin', '/opt/plugin'],
  ])('notices what comes back on %s of %s', async (stream, command, shown) => {
    const said = { exitCode: 1, [stream]: `a loop of credential helpers: …\n` };
    const { ending, told, runs } = await run(command, () => said);
    expect(ending).toMatchObject({ exitCode: 1 });
    expect(told).toEqual([`a loop of credential helpers: ${shown} leads back to ${NAME}`]);
    expect(runs).toEqual([command]);
  });

  test.each([
    { exitCode: 0, stdout: 'a loop of credential helpers' },
    { exitCode: 1, stdout: 'credentials not found in native keychain' },
  ])('leaves everything else alone: %j', async (said) => {
    const { ending, told } = await run('docker-credential-keyring-2', () => said);
    expect(ending).toMatchObject({ exitCode: said.exitCode });
    expect(told).toEqual([]);
  });
});
