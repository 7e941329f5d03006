import { describe, expect, test } from '@jest/globals';
import { createForwardingStore } from '../../../../src/serve/helper/helper-forwarding.ts';
import { fakeSystem, type FakeWorld } from '../../fakes/fake-system.ts';

const CREDENTIAL = { server: 'r.test', username: 'ada', secret: 'canary<' };
const JSON_TEXT =
  String.raw`{"ServerURL":"r.test","Username":"ada","Secret":"canary\u003c"}` + '\n';

function storeOver(run: FakeWorld['run']) {
  const system = fakeSystem(run === undefined ? {} : { run });
  return { store: createForwardingStore('pass', system), system };
}

test('a name must be one', () => {
  expect(() => createForwardingStore('../x', fakeSystem())).toThrow(
    "createForwardingStore: a helper's name is",
  );
});

test('commands and credentials are handed on as they are, secrets by standard input alone', async () => {
  const { store, system } = storeOver(({ args: [action] }) =>
    action === 'get'
      ? { stdout: JSON_TEXT }
      : { stdout: action === 'list' ? '{"r.test":"ada"}' : '' },
  );
  await store.store(CREDENTIAL);
  await expect(store.get('r.test')).resolves.toEqual(CREDENTIAL);
  await store.erase('r.test');
  await expect(store.list()).resolves.toEqual(new Map([['r.test', 'ada']]));
  const runs = system.runs.map(({ command, args, stdin, env }) => [command, args, stdin, env]);
  expect(runs).toEqual([
    ['docker-credential-pass', ['store'], JSON_TEXT, undefined],
    ['docker-credential-pass', ['get'], 'r.test', undefined],
    ['docker-credential-pass', ['erase'], 'r.test', undefined],
    ['docker-credential-pass', ['list'], 'unused', undefined],
  ]);
});

describe('a miss is', () => {
  test.each([
    { stdout: 'credentials not found in native keychain\n', exitCode: 1 },
    { stdout: '{"ServerURL":"r.test","Username":"","Secret":""}' },
    { stdout: '{}' },
    { stdout: 'null' },
  ])('%j', async (said) => {
    await expect(storeOver(() => said).store.get('r.test')).resolves.toBeUndefined();
  });

  test.each(['null', 'credentials not found in native keychain'])(
    'an empty list: %s',
    async (stdout) => {
      await expect(storeOver(() => ({ stdout })).store.list()).resolves.toEqual(new Map());
    },
  );
});

describe('a failure says nothing that the helper said', () => {
  test.each<[string, FakeWorld['run'], string]>([
    ['no program', undefined, 'docker-credential-pass is not on the PATH'],
    [
      'one that is killed',
      () => Promise.reject(new Error('hunter2')),
      'docker-credential-pass could not be run to its end',
    ],
    [
      'a code',
      () => ({ exitCode: 2, stdout: 'hunter2' }),
      'docker-credential-pass get ended with code 2',
    ],
    ['no JSON', () => ({ stdout: 'hunter2' }), 'docker-credential-pass gave a malformed answer'],
    [
      'no object',
      () => ({ stdout: '["hunter2"]' }),
      'docker-credential-pass gave a malformed answer',
    ],
    [
      'no text',
      () => ({ stdout: '{"Username":1,"Secret":"hunter2"}' }),
      'docker-credential-pass gave a malformed answer',
    ],
    [
      'no secret text',
      () => ({ stdout: '{"Username":"hunter2","Secret":1}' }),
      'docker-credential-pass gave a malformed answer',
    ],
    [
      'what clients know',
      () => ({ exitCode: 1, stdout: 'no credentials server URL\n' }),
      'no credentials server URL',
    ],
  ])('%s', async (_what, run, message) => {
    await expect(storeOver(run).store.get('r.test')).rejects.toMatchObject({ message });
  });
});
