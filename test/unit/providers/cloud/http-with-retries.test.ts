import { expect, test } from '@jest/globals';
import { httpWithRetries } from '../../../../src/providers/cloud/http-with-retries.ts';
import {
  fakeSystem,
  withoutPauses,
  type FakeReply,
  type ImpatientSystem,
} from '../../fakes/fake-system.ts';

const REQUEST = { url: 'https://cloud.test/', timeoutMs: 1000 };

/** A network that gives one answer after the other; a text is the code of an error. */
function network(...outcomes: readonly (FakeReply | string)[]): ImpatientSystem {
  const left = [...outcomes];
  return withoutPauses(
    fakeSystem({
      http() {
        const outcome = left.length > 1 ? left.shift() : left[0];
        if (typeof outcome !== 'string') return outcome as FakeReply;
        throw Object.assign(new Error('no answer'), outcome === '' ? {} : { code: outcome });
      },
    }),
  );
}

test.each<[string, readonly (FakeReply | string)[]]>([
  ['429', [{ status: 429 }, { status: 200 }]],
  ['503', [{ status: 503 }, { status: 200 }]],
  ['a reset', ['ECONNRESET', { status: 200 }]],
  ['several', ['EAI_AGAIN', { status: 500 }, { status: 429 }, { status: 200 }]],
])('What passes is got over: %s', async (_what, outcomes) => {
  const system = network(...outcomes);
  await expect(httpWithRetries(system, REQUEST)).resolves.toMatchObject({ status: 200 });
  expect(system.requests).toHaveLength(outcomes.length);
});

test.each<[string, FakeReply | string]>([
  ['a refusal', { status: 401 }],
  ['an error of ours', { status: 400 }],
  ['a name that does not resolve', 'ENOTFOUND'],
  ['a network without a way there', 'EHOSTUNREACH'],
  ['a proxy that refuses', ''],
  ['a certificate', 'CERT_HAS_EXPIRED'],
  ['a deadline', 'ERR_KEYRING_TIMEOUT'],
])('What lasts is told at once: %s', async (_what, outcome) => {
  const system = network(outcome);
  await Promise.allSettled([httpWithRetries(system, REQUEST)]);
  expect(system.requests).toHaveLength(1);
});

test('Four attempts are all there are, and the last answer or error is given', async () => {
  const busy = network({ status: 503 });
  await expect(httpWithRetries(busy, REQUEST)).resolves.toMatchObject({ status: 503 });
  expect(busy.pausesMs).toEqual([625, 1250, 2500]);
  const broken = network('ECONNRESET');
  await expect(httpWithRetries(broken, REQUEST)).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(broken.requests).toHaveLength(4);
});

test('All waiting together stays within ten seconds', async () => {
  const system = network({ status: 429, headers: { 'retry-after': '4' } });
  await expect(httpWithRetries(system, REQUEST)).resolves.toMatchObject({ status: 429 });
  expect(system.pausesMs).toEqual([4000, 4000]);
});

test('A caller may know of other statuses that pass, and may give up', async () => {
  const system = network({ status: 410 }, { status: 200 });
  await expect(
    httpWithRetries(system, REQUEST, { isTransient: (status) => status === 410 }),
  ).resolves.toMatchObject({
    status: 200,
  });
  const nobody = network('ECONNREFUSED');
  await expect(httpWithRetries(nobody, REQUEST, { isLocal: true })).rejects.toThrow('no answer');
  expect(nobody.requests).toHaveLength(1);
  const signal = AbortSignal.abort(new Error('given up'));
  await expect(httpWithRetries(network('ECONNRESET'), { ...REQUEST, signal })).rejects.toThrow(
    'given up',
  );
});
