// The lock between processes: real processes, real files, and SIGKILL at random moments, beside processes that keep the
// machine busy. LOCK_ROUNDS=1000 makes it a soak.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomInt } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { nodeSystem } from '../../src/system/node-system.ts';
import { inOrder } from '../unit/fakes/in-order.ts';
import { startUpstream, type Upstream } from './fleet/counting-upstream.ts';
import { startCompany, type Company, type Soldier } from './token-file/company.ts';
import type { Ask, Done } from './token-file/soldier.ts';

const ROUNDS = Number(process.env['LOCK_ROUNDS'] ?? 20);
const rounds = Array.from({ length: ROUNDS }, (_, round) => round);
const TEN_MINUTES_S = 600;

let home = '';
let company: Company;
let upstream: Upstream;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'locks-'));
  [company, upstream] = await Promise.all([startCompany({ home }), startUpstream()]);
  company.addHogs(2);
});

afterAll(async () => {
  await company.disband();
  upstream.close();
  rmSync(home, { recursive: true });
});

/** A lock as somebody has left it who was killed: in this container, or in another one ten minutes ago. */
async function leaveLock(path: string, isOfOurs: boolean): Promise<void> {
  const [, , ...world] = (await nodeSystem.ownProcess()).split('.');
  const holder = join(path, isOfOurs ? ['4194304', '1', ...world, 'unique'].join('.') : '0.unique');
  mkdirSync(path, { mode: 0o700 });
  writeFileSync(holder, 'half of a docu');
  const left = Date.now() / 1000 - (isOfOurs ? 0 : TEN_MINUTES_S);
  utimesSync(holder, left, left);
}

async function killAfter(soldiers: readonly Soldier[], withinMs: number): Promise<void> {
  await Promise.all(
    soldiers.map(async (soldier) => {
      await setTimeout(randomInt(0, withinMs));
      await soldier.kill();
    }),
  );
}

test(
  `a login that said that it was stored is stored, in each of ${ROUNDS} rounds`,
  async () => {
    const directory = join(home, 'store');
    mkdirSync(directory, { mode: 0o700 });
    const outcomes = await inOrder(rounds, async (round) => {
      const path = join(directory, `${round}.json`);
      await leaveLock(`${path}.lock`, round % 2 === 0);
      const soldiers = company.muster(16);
      const logins = soldiers.map((soldier, index) =>
        soldier.obey({ kind: 'login', path, server: `r${index}.example.com` }),
      );
      await killAfter(soldiers.slice(0, round % 4), 120);
      const done = await Promise.all(logins);
      const stored = Object.keys(storedIn(path));
      const lost = done.flatMap((one, index) =>
        one?.result === 'stored' && !stored.includes(`r${index}.example.com`) ? [index] : [],
      );
      const failures = done.flatMap((one) => one?.failure ?? []);
      return { round, lost, failures, stored: stored.length };
    });
    expect(outcomes.filter(({ lost, failures }) => lost.length + failures.length > 0)).toEqual([]);
    // Whoever was not killed has stored.
    expect(outcomes.filter(({ round, stored }) => stored < 16 - (round % 4))).toEqual([]);
    const names = readdirSync(directory).filter((name) => !name.endsWith('.json'));
    expect(names.filter((name) => !/\.lock(?:\..*\.tmp)?$/.test(name))).toEqual([]);
  },
  ROUNDS * 60_000,
);

function storedIn(path: string): object {
  return (JSON.parse(readFileSync(path, 'utf8')) as { auths: object }).auths;
}

interface Round {
  readonly registry: string;
  readonly killed: readonly number[];
  readonly done: readonly (Done | undefined)[];
}

/** Calls that nobody needed: only after a kill between a question and its answer may there be another one. */
function needless({ registry, killed }: Round): number {
  const calls = upstream.calls.filter((call) => call.registry === registry);
  const lost = calls.filter(({ pid }) => killed.includes(pid));
  return calls.length - lost.length - 1;
}

/** What is wrong with rounds; nothing where one call was made and everybody has its answer. */
async function faultsOf(
  name: string,
  play: (registry: string) => Promise<Round>,
): Promise<readonly unknown[]> {
  upstream.takesMs = 30;
  const played = await inOrder(rounds, (round) => play(`${name}-${round}.example.com`));
  return played.flatMap((round) => {
    const passwords = round.done.flatMap((one) => (one === undefined ? [] : [one.result]));
    const told = round.done.flatMap((one) => [...(one?.problems ?? []), one?.failure ?? []].flat());
    const isRight = needless(round) <= 0 && new Set(passwords).size === 1 && told.length === 0;
    return isRight ? [] : [{ registry: round.registry, calls: needless(round), passwords, told }];
  });
}

async function firstCall(registry: string): Promise<void> {
  if (upstream.calls.some((call) => call.registry === registry)) return;
  await setTimeout(5);
  await firstCall(registry);
}

function asking(registry: string, directory = 'cache'): Ask {
  return { kind: 'ask', directory: join(home, directory), url: upstream.url, registry };
}

/** The first one asks, and is killed while it does; others wait already, and others come. */
async function killTheAsker(soldiers: readonly Soldier[], order: Ask): Promise<Round> {
  const [first, ...others] = soldiers as readonly [Soldier, ...Soldier[]];
  const { registry } = order;
  upstream.takesMs = 3000;
  const asked = first.obey(order);
  await firstCall(registry);
  upstream.takesMs = 30;
  const half = others.length / 2;
  const early = others.slice(0, half).map((soldier) => soldier.obey(order));
  await first.kill();
  const late = others.slice(half).map((soldier) => soldier.obey(order));
  return { registry, killed: [first.pid], done: await Promise.all([asked, ...early, ...late]) };
}

describe('One call', () => {
  test(
    `is made where the one that asks is killed and others wait or come, in each of ${ROUNDS} rounds`,
    async () => {
      const faults = await faultsOf('held', (registry) =>
        killTheAsker(company.muster(20), asking(registry)),
      );
      expect(faults).toEqual([]);
    },
    ROUNDS * 60_000,
  );

  test(
    `is made where some are killed at any moment, in each of ${ROUNDS} rounds`,
    async () => {
      const faults = await faultsOf('killed', async (registry) => {
        const soldiers = company.muster(16);
        const asked = soldiers.map((soldier) => soldier.obey(asking(registry)));
        const killed = soldiers.slice(0, 3);
        await killAfter(killed, 150);
        return { registry, killed: killed.map(({ pid }) => pid), done: await Promise.all(asked) };
      });
      expect(faults).toEqual([]);
    },
    ROUNDS * 60_000,
  );
});

test('containers that share a volume know nothing of each other’s processes, and take over all the same', async () => {
  // A namespace of process ids for each, as containers have.
  const unshare = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const containers = await startCompany({ home, prefix: unshare });
  try {
    const order = asking('containers.example.com', 'shared');
    const { registry, done } = await killTheAsker(containers.muster(9), order);
    expect(new Set(done.slice(1).map((one) => one?.result)).size).toBe(1);
    expect(upstream.calls.filter((call) => call.registry === registry)).toHaveLength(2);
  } finally {
    await containers.disband();
  }
});
