// A fleet of real processes that share tokens through a real Redis (Debian's redis-server).

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createClient } from '@keyv/redis';
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { startUpstream, type Upstream } from './fleet/counting-upstream.ts';
import type { Answered } from './fleet/member.ts';
import { startRedis, type RedisServer } from './fleet/redis-server.ts';
import { buildMembers, type Member, type MemberProgram } from './fleet/start-members.ts';

const MEMBERS = 10;
const STORE_KEYS = randomBytes(32).toString('base64');

let redis: RedisServer;
let upstream: Upstream;
let program: MemberProgram;

beforeAll(async () => {
  [redis, upstream, program] = await Promise.all([startRedis(), startUpstream(), buildMembers()]);
});

afterAll(async () => {
  program.close();
  upstream.close();
  await redis.kill('SIGKILL');
});

beforeEach(() => {
  upstream.calls.length = 0;
  upstream.takesMs = 300;
});

function startMembers(count: number, env = {}): Promise<readonly Member[]> {
  const common = { REDIS_URL: redis.url, UPSTREAM_URL: upstream.url, STORE_KEYS };
  return program.start(count, { ...common, ...env });
}

function lookUp(members: readonly Member[], registry: string): Promise<readonly Answered[]> {
  return Promise.all(members.map((member) => member.lookup(`${registry}/app:1`)));
}

/** The one token that each has; fails where one has none. */
function tokensOf(answers: readonly Answered[]): readonly string[] {
  return answers.map((answer) => {
    if ('error' in answer) throw new Error(answer.error);
    expect(answer.passwords).toHaveLength(1);
    return answer.passwords[0] ?? '';
  });
}

describe.each(['keyv', 'adapter'])('A fleet with a store as %s', (form) => {
  let members: readonly Member[];

  beforeAll(async () => {
    members = await startMembers(MEMBERS, { STORE_FORM: form });
  });

  afterAll(() => {
    for (const member of members) member.kill('SIGKILL');
  });

  test(`${MEMBERS} processes on one cold registry each make one call at most, since Redis has no locks`, async () => {
    const registry = `${form}-cold.example.com`;
    tokensOf(await lookUp(members, registry));
    const { length } = upstream.calls;
    expect(new Set(upstream.calls.map(({ pid }) => pid)).size).toBe(length);
    tokensOf(await lookUp(members, registry));
    expect(upstream.calls).toHaveLength(length);
  });

  test('also for ten registries at once, while upstream takes its time', async () => {
    upstream.takesMs = 1500;
    const registries = Array.from({ length: 10 }, (_, index) => `${form}-${index}.example.com`);
    const ask = (): Promise<unknown> =>
      Promise.all(registries.map((registry) => lookUp(members, registry)));
    await ask();
    const asked = upstream.calls.map(({ registry, pid }) => `${registry} ${pid}`);
    expect(new Set(asked).size).toBe(asked.length);
    expect(new Set(upstream.calls.map(({ registry }) => registry))).toEqual(new Set(registries));
    await ask();
    expect(upstream.calls).toHaveLength(asked.length);
  });

  test('a process that joins later makes none', async () => {
    const [member] = await startMembers(1, { STORE_FORM: form });
    const answers = await lookUp(member === undefined ? [] : [member], `${form}-cold.example.com`);
    expect(tokensOf(answers)).toEqual([expect.stringMatching(/^secret-token-\d+$/)]);
    expect(upstream.calls).toHaveLength(0);
    member?.kill('SIGKILL');
  });
});

test('Whoever reads the store finds neither tokens nor registries, and each entry with an end', async () => {
  const members = await startMembers(1);
  tokensOf(await lookUp(members, 'private.example.com'));
  const client = await createClient({ url: redis.url }).connect();
  const keys = await client.keys('*');
  const values = await Promise.all(keys.map((key) => client.get(key)));
  const ends = await Promise.all(keys.map((key) => client.pTTL(key)));
  await client.close();
  expect(keys.length).toBeGreaterThan(0);
  for (const key of keys) expect(key).toMatch(/docker-keyring:1:answer:[\w-]{43}$/);
  expect(JSON.stringify(values)).not.toMatch(/secret-token|example\.com|counted/);
  expect(Math.min(...ends)).toBeGreaterThan(0);
  for (const member of members) member.kill('SIGKILL');
});

test('When one that asks is killed (SIGKILL), the others have their tokens', async () => {
  const members = await startMembers(8);
  upstream.takesMs = 4000;
  const answering = lookUp(members, 'killed.example.com');
  const holder = await firstCaller();
  upstream.takesMs = 300;
  members.find(({ pid }) => pid === holder)?.kill('SIGKILL');
  const answers = await answering;
  const alive = answers.filter((_, index) => members[index]?.pid !== holder);
  expect(tokensOf(alive)).toHaveLength(7);
  expect(upstream.calls.length).toBeLessThanOrEqual(8);
  for (const member of members) member.kill('SIGKILL');
});

describe('When Redis', () => {
  test('holds garbage under every name, each lookup is answered', async () => {
    const members = await startMembers(8);
    tokensOf(await lookUp(members.slice(0, 1), 'garbage.example.com'));
    const client = await createClient({ url: redis.url }).connect();
    const keys = await client.keys('*');
    const garbage = ['', 'null', '{"value":7}', '{"value":"docker-keyring:1.a.b"}', '\u0000'];
    await Promise.all(keys.map((key, index) => client.set(key, garbage[index % 5] ?? '')));
    await client.close();
    const answers = await lookUp(members.slice(1), 'garbage.example.com');
    expect(tokensOf(answers)).not.toContain('secret-token-1');
    expect(upstream.calls.length).toBeLessThanOrEqual(1 + 7);
    for (const member of members) member.kill('SIGKILL');
  });

  test('hangs, is killed, and comes back, each lookup is answered, and in the end shared again', async () => {
    const members = await startMembers(8);
    tokensOf(await lookUp(members, 'before.example.com'));
    const before = upstream.calls.length;

    await redis.kill('SIGSTOP');
    const hanging = await lookUp(members, 'hanging.example.com');
    tokensOf(hanging);
    expect(upstream.calls).toHaveLength(before + 8);

    await redis.kill('SIGKILL');
    const down = await lookUp(members, 'down.example.com');
    tokensOf(down);
    expect(upstream.calls).toHaveLength(before + 8 + 8);
    // What a process has in its own memory needs no store.
    tokensOf(await lookUp(members, 'before.example.com'));
    expect(upstream.calls).toHaveLength(before + 8 + 8);

    await redis.restart();
    // The longest that a store is left alone after two failures in a row, and Redis' client its reconnecting.
    await setTimeout(12_000);
    const [first, ...others] = members;
    tokensOf(await lookUp(first === undefined ? [] : [first], 'after.example.com'));
    tokensOf(await lookUp(others, 'after.example.com'));
    expect(upstream.calls).toHaveLength(before + 8 + 8 + 1);
    for (const member of members) member.kill('SIGKILL');
  });
});

async function firstCaller(): Promise<number> {
  const [call] = upstream.calls;
  if (call !== undefined) return call.pid;
  await setTimeout(20);
  return firstCaller();
}
