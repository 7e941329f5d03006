import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import {
  refused,
  RegistryAuthError,
  withCredentials,
  type WithCredentialsOptions,
} from '../../../../src/registry/index.ts';
import { inOrder } from '../../fakes/in-order.ts';
import { fakeRegistry, rejection } from './fake-registry.ts';

const IMAGE = 'r.test/team/app:1';
const keyring = fakeRegistry().keyring('u:p', 'v:q');

/** Tries with answers, one after the other: an error is thrown, everything else returned. */
async function tryWith(answers: readonly unknown[], options?: WithCredentialsOptions) {
  const users: (string | undefined)[] = [];
  const result = withCredentials<unknown>(
    IMAGE,
    keyring,
    async (credential) => {
      const answer = answers[users.length];
      users.push(credential?.username);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    options,
  );
  const [settled] = await Promise.allSettled([result]);
  const reason: unknown = settled.status === 'rejected' ? settled.reason : undefined;
  return { users, settled, reason };
}

function errorOf(message: string, members: object): Error {
  return Object.assign(new Error(message), members);
}

test('What an attempt says of a refusal is shown without the credentials that it was given', async () => {
  const secret = 'hunter2-and-more';
  const of = fakeRegistry().keyring(`u:${secret}`, `v:${secret}x`);
  const attempts = [
    async () => refused(`https://u:${secret}@r.test refused ${secret}`),
    async () => {
      throw errorOf(`login u:${secret}`, { statusCode: 401, config: { auth: secret } });
    },
  ];
  const errors = await inOrder(attempts, (attempt) =>
    rejection(withCredentials(IMAGE, of, attempt)),
  );
  for (const error of errors) {
    const shownError = inspect(error, { depth: 9, showHidden: true });
    expect(shownError).toContain('[redacted]');
    expect(shownError).not.toContain('hunter2');
  }
});

describe('An attempt that was refused lets the next candidate have a try', () => {
  test.each<[unknown, string, number | undefined]>([
    [refused('skopeo was refused'), 'skopeo was refused', undefined],
    [refused(), 'refused', undefined],
    [{ status: 401 }, '401', 401],
    [{ statusCode: 403, status: 'bad' }, '403', 403],
    [new Response(null, { status: 401 }), '401', 401],
    [new Response(null, { status: 403 }), '403', 403],
    [errorOf('Unauthorized', { status: 401 }), '401', 401],
    [errorOf('Forbidden', { statusCode: 403 }), '403', 403],
    [
      new RegistryAuthError({ registry: 'r.test', image: 'r.test/a', attempts: [] }),
      'refused by the registry',
      undefined,
    ],
    [
      errorOf('(HTTP code 404) pull access denied for x, repository does not exist', {
        statusCode: 404,
      }),
      'pull access denied',
      undefined,
    ],
    [
      errorOf('(HTTP code 500) server error - Get "https://…": unauthorized: no', {
        statusCode: 500,
      }),
      'unauthorized',
      undefined,
    ],
    [
      errorOf('no basic auth credentials', { statusCode: 500 }),
      'no basic auth credentials',
      undefined,
    ],
    [errorOf('Authentication required', { statusCode: 500 }), 'Authentication required', undefined],
    [
      errorOf('denied: requested access to the resource is denied', { statusCode: 500 }),
      'requested access to the resource is denied',
      undefined,
    ],
  ])('%p', async (answer, message, status) => {
    const { users, settled } = await tryWith([answer, 'pulled']);
    expect(settled).toEqual({ status: 'fulfilled', value: 'pulled' });
    expect(users).toEqual(['u', 'v']);
    const { reason } = await tryWith([answer, answer]);
    expect(reason).toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_AUTH',
      registry: 'r.test',
      image: 'r.test/team/app',
      status,
      attempts: [
        { candidate: 'secret ns/s1 (r.test)', status, message },
        { candidate: 'secret ns/s2 (r.test)', status, message },
      ],
    });
  });

  test('may throw what refused() makes', async () => {
    const refusal = withCredentials(IMAGE, keyring, () => Promise.reject(refused('it said no')));
    const error = await rejection(refusal);
    expect(error).toMatchObject({ attempts: [{ message: 'it said no' }, {}] });
  });

  test('gives the last error that was thrown as cause, and none where none was', async () => {
    const [first, last] = [errorOf('first', { status: 401 }), errorOf('last', { status: 401 })];
    expect((await tryWith([first, last])).reason).toMatchObject({ cause: last });
    expect((await tryWith([first, refused()])).reason).toMatchObject({ cause: first });
    expect((await tryWith([refused(), refused()])).reason).not.toHaveProperty('cause');
  });
});

describe('An attempt that was not refused', () => {
  test.each([
    ['a value', 'pulled'],
    ['undefined', undefined],
    ['null', null],
    ['what looks like an answer', { status: 200 }],
    ['a status in words', { status: '401' }],
    ['words alone', { message: 'unauthorized' }],
    ['many', [{ status: 401 }]],
  ])('decides: %s', async (_name, value) => {
    const { users, settled } = await tryWith([value]);
    expect(settled).toEqual({ status: 'fulfilled', value });
    expect(users).toEqual(['u']);
  });

  test.each([
    new Error('disk full'),
    errorOf('unauthorized', {}),
    errorOf('no such image', { statusCode: 404 }),
    errorOf('busy', { statusCode: 500 }),
    errorOf('busy', { status: 429 }),
  ])('and fails ends the loop with its error: %p', async (error) => {
    const { users, reason } = await tryWith([error]);
    expect(reason).toBe(error);
    expect(users).toEqual(['u']);
  });
});

describe('Without a credential', () => {
  test('an attempt is made where there is none', async () => {
    const none = fakeRegistry().keyring();
    expect(await withCredentials(IMAGE, none, async (credential) => typeof credential)).toBe(
      'undefined',
    );
  });

  test('an attempt is made at last where it is asked for, and not otherwise', async () => {
    const answers = [refused(), refused(), 'pulled'];
    expect((await tryWith(answers, { anonymous: true })).users).toEqual(['u', 'v', undefined]);
    expect((await tryWith(answers, { anonymous: false })).users).toEqual(['u', 'v']);
    const { reason } = await tryWith([refused(), refused(), refused('no')], { anonymous: true });
    expect(reason).toMatchObject({ attempts: [{}, {}, { candidate: 'no credentials' }] });
  });
});

describe('A signal', () => {
  test('is given to the attempt, and ends it with the loop', async () => {
    const caller = new AbortController();
    const { signal } = caller;
    const seen: AbortSignal[] = [];
    const attempt = (_credential: unknown, context: { signal: AbortSignal }) => {
      seen.push(context.signal);
      caller.abort(new Error('enough'));
      return new Promise<never>(() => {});
    };
    await expect(withCredentials(IMAGE, keyring, attempt, { signal })).rejects.toThrow('enough');
    expect(seen).toMatchObject([{ aborted: true }]);
    await expect(withCredentials(IMAGE, keyring, attempt, { signal })).rejects.toThrow('enough');
    expect(seen).toHaveLength(1);
  });

  test('that is aborted is what an attempt that fails for it fails with', async () => {
    const caller = new AbortController();
    const attempt = () => {
      caller.abort(new Error('enough'));
      return Promise.reject(errorOf('aborted', { status: 401 }));
    };
    const options = { signal: caller.signal };
    await expect(withCredentials(IMAGE, keyring, attempt, options)).rejects.toThrow('enough');
  });
});

test('a pod is handed to the keyring', async () => {
  const pod = { namespace: 'ns', name: 'pod', uid: 'u', serviceAccountName: 'sa' };
  const seen: unknown[] = [];
  const lookup = async (...all: unknown[]) => {
    seen.push(all);
    return [];
  };
  await withCredentials(IMAGE, { lookup }, async () => 'pulled', { pod });
  expect(seen).toEqual([[IMAGE, { pod, signal: expect.any(AbortSignal) }]]);
});

const attempt = async (): Promise<number> => 1;

test('a mistake of the caller is a TypeError that says what to do', async () => {
  const call = withCredentials as (...all: unknown[]) => Promise<unknown>;
  const mistakes = [
    [[IMAGE, keyring], 'withCredentials: the attempt must be a function'],
    [[IMAGE, keyring, attempt, { retries: 1 }], 'withCredentials: there is no option "retries"'],
    [[IMAGE, keyring, attempt, { anonymous: 1 }], 'anonymous must be true or false'],
    [[IMAGE, keyring, attempt, 5], 'withCredentials: the options must be an object'],
    [[IMAGE, {}, attempt], 'withCredentials: the keyring must have lookup()'],
    [[IMAGE, undefined, attempt], 'withCredentials: the keyring must have lookup()'],
  ] as const;
  const errors = await inOrder(mistakes, async ([all]) => rejection(call(...all)));
  expect(errors.map(({ message }) => message)).toEqual(
    mistakes.map(([, message]) => expect.stringContaining(message)),
  );
  for (const error of errors) expect(error).toBeInstanceOf(TypeError);
  await expect(withCredentials('A b', keyring, attempt)).rejects.toThrow('Invalid image');
});

test('what refused() makes cannot be changed', () => {
  expect(Object.isFrozen(refused('no'))).toBe(true);
  expect(refused('no')).toMatchObject({ reason: 'no' });
});
