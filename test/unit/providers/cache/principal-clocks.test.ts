// Properties of all that keeps answers, whatever happens to the clocks of a machine: it is suspended, its clock is set
// forwards and back, within what clocks may differ by and beyond.

import { describe, expect, test } from '@jest/globals';
import {
  array,
  assert,
  asyncProperty,
  constant,
  constantFrom,
  integer,
  oneof,
  record,
} from 'fast-check';
import {
  createKeyring,
  type Credential,
  type CredentialProvider,
  type KeyringOptions,
} from '../../../../src/index.ts';
import { openTokenFileCache } from '../../../../src/shared-cache/token-file/open-token-file-cache.ts';
import { amount } from '../../fakes/amount.ts';
import { fakeSystem, type FakeSystem } from '../../fakes/fake-system.ts';
import { inOrder } from '../../fakes/in-order.ts';
import { settle } from '../../fakes/upstream.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** What clocks may differ by. */
const SKEW = 5 * MINUTE;
const IMAGE = 'r.test/app';
const START = fakeSystem().now();

type Step =
  | { readonly kind: 'pass' | 'suspend' | 'set' | 'nearEnd'; readonly ms: number }
  | { readonly kind: 'lookup'; readonly principal: string; readonly times: number };

const steps = array(
  oneof(
    record({ kind: constant('pass' as const), ms: integer({ min: 1, max: 8 * HOUR }) }),
    record({
      kind: constant('suspend' as const),
      ms: integer({ min: 1, max: 20 * HOUR }),
    }),
    record({
      kind: constant('set' as const),
      ms: oneof(integer({ min: -SKEW, max: SKEW }), integer({ min: -24 * HOUR, max: 24 * HOUR })),
    }),
    record({
      kind: constant('nearEnd' as const),
      ms: integer({ min: -SKEW, max: SKEW }),
    }),
    record({
      kind: constant('lookup' as const),
      principal: constantFrom('one', 'two'),
      times: integer({ min: 1, max: 3 }),
    }),
  ),
  { minLength: 2, maxLength: 40, size: 'max' },
);

/** A token, as its issuer knows it: by a clock that is right. */
interface Issued {
  readonly principal: string;
  readonly issuedMs: number;
  readonly endMs: number;
  /** How far the machine's clock was off when it came. */
  readonly offsetMs: number;
  readonly suspensions: number;
}

/** A machine, and the time that it really is. */
function machine() {
  const system = fakeSystem();
  let suspendedMs = 0;
  let offsetMs = 0;
  let suspensions = 0;
  return {
    system,
    trueMs: () => system.monotonicMs() + suspendedMs,
    offsetMs: () => offsetMs,
    suspensions: () => suspensions,
    pass: (ms: number) => system.advance(Math.max(0, ms)),
    suspend(ms: number) {
      suspensions += 1;
      suspendedMs += ms;
      system.setClockBack(-ms);
    },
    /** Sets the clock, so that it is as far off as this. */
    set(ms: number) {
      system.setClockBack(offsetMs - ms);
      offsetMs = ms;
    },
  };
}

type Machine = ReturnType<typeof machine>;
type Issuer = ReturnType<typeof issuer>;

/** Gives a token of its own at each call. */
function issuer(of: Machine, principal: () => string, lifeMs: number) {
  const tokens: Issued[] = [];
  const provider: CredentialProvider = {
    name: 'issuer',
    matchImages: ['*.test'],
    cacheScope: () => 'r.test',
    cachePrincipal: async () => principal(),
    async provide() {
      const issuedMs = of.trueMs();
      const endMs = issuedMs + lifeMs;
      const from = { offsetMs: of.offsetMs(), suspensions: of.suspensions() };
      tokens.push({ principal: principal(), issuedMs, endMs, ...from });
      return {
        auth: { '*.test': { username: 'u', password: `${tokens.length - 1}` } },
        cacheKeyType: 'Registry',
        expiresAt: new Date(START + endMs),
      };
    },
  };
  return { of, provider, tokens };
}

/** What is wrong with a token that was served now. */
function faultOf(token: Issued, of: Machine): string | undefined {
  const isNew = token.issuedMs === of.trueMs();
  if (isNew || of.trueMs() < token.endMs) return undefined;
  if (Math.abs(of.offsetMs()) <= SKEW)
    return 'it has ended, by a clock that is as right as it must be';
  const wasRight = Math.abs(token.offsetMs) <= SKEW;
  if (wasRight && of.suspensions() === token.suspensions && !isKeptElsewhere.has(of)) {
    return 'it has ended, by a clock that cannot be set';
  }
  return undefined;
}

/** Of these machines other processes have kept it, who know no clock but the one that can be set. */
const isKeptElsewhere = new WeakSet<Machine>();

interface Served {
  readonly token: Issued;
  readonly principal: string;
  readonly fault: string | undefined;
}

/** What a lookup gave, judged at once: the clocks go on. */
function judged(
  { of, tokens }: Pick<Issuer, 'of' | 'tokens'>,
  found: readonly Credential[],
): readonly Omit<Served, 'principal'>[] {
  return found.map(({ password }) => {
    const token = tokens[Number(password)] as Issued;
    return { token, fault: faultOf(token, of) };
  });
}

/** Takes all steps; gives every answer. */
async function play(
  { of, tokens }: Pick<Issuer, 'of' | 'tokens'>,
  all: readonly Step[],
  look: (principal: string, times: number) => Promise<readonly Omit<Served, 'principal'>[]>,
): Promise<readonly Served[]> {
  const served = await inOrder(all, async (step) => {
    if (step.kind !== 'lookup') {
      if (step.kind === 'nearEnd') of.pass(untilEnd(of, tokens) + step.ms);
      else of[step.kind](step.ms);
      await settle();
      return [];
    }
    const { principal, times } = step;
    const found = await look(principal, times);
    return found.map((one) => Object.assign(one, { principal }));
  });
  return served.flat();
}

/** How long the newest token lives still. */
function untilEnd(of: Machine, tokens: readonly Issued[]): number {
  const newest = tokens.at(-1);
  return newest === undefined ? 0 : newest.endMs - of.trueMs();
}

function wrong(served: readonly Served[]): readonly Served[] {
  return served.filter((one) => one.fault !== undefined || one.token.principal !== one.principal);
}

const lives = integer({ min: MINUTE, max: 24 * HOUR });

describe('Whatever happens to the clocks', () => {
  test.each([true, false])(
    'a keyring serves no token past its end, keepFresh: %s',
    async (keepFresh) => {
      await assert(
        asyncProperty(steps, lives, async (all, lifeMs) => {
          const of = machine();
          const source = issuer(of, () => 'one', lifeMs);
          const { provider, tokens } = source;
          const options = { system: of.system, dockerConfig: false, keepFresh } as const;
          await using keyring = createKeyring({ ...options, providers: [provider] });
          const mostCalls: number[] = [];
          const own = all.map((step) => ({ ...step, principal: 'one' }) as Step);
          const served = await play(source, own, async (_principal, times) => {
            const before = tokens.length;
            const found = await Promise.all(
              Array.from({ length: times }, async () =>
                judged(source, await keyring.lookup(IMAGE)),
              ),
            );
            mostCalls.push(tokens.length - before);
            await settle();
            return found.flat();
          });
          expect(wrong(served)).toEqual([]);
          expect(Math.max(0, ...mostCalls)).toBeLessThanOrEqual(1);
        }),
        { numRuns: amount(50, 300) },
      );
    },
  );

  test.each<[string, (system: FakeSystem) => Promise<KeyringOptions>, boolean]>([
    [
      'files of tokens',
      async (system) => ({
        sharedCache: await openTokenFileCache({ directory: '/cache', system }),
      }),
      true,
    ],
    [
      'a store without locks that forgets nothing',
      async (system) => ({
        sharedCache: { store: storeOf(system), keys: [Buffer.alloc(32, 1)] },
      }),
      false,
    ],
  ])(
    'with %s no process serves a token past its end, or of another principal',
    async (_what, open, hasLocks) => {
      await assert(
        asyncProperty(steps, lives, async (all, lifeMs) => {
          const of = machine();
          isKeptElsewhere.add(of);
          let principal = '';
          const source = issuer(of, () => principal, lifeMs);
          const { provider, tokens } = source;
          const mostCalls: number[] = [];
          const served = await play(source, all, async (whose, times) => {
            principal = whose;
            const before = tokens.length;
            const lookups = Array.from({ length: times }, async () => {
              const cache = await open(of.system);
              const options = { system: of.system, dockerConfig: false, ...cache } as const;
              await using keyring = createKeyring({ ...options, providers: [provider] });
              return judged(source, await keyring.lookup(IMAGE));
            });
            await passing(of.system);
            const found = await Promise.all(lookups);
            // What ends soon, by the clock that there is, is for each process alone; a refresh ends with its process.
            const isCold = before === 0 && lifeMs - of.offsetMs() > 2 * SKEW;
            // Without locks each process asks for itself, once.
            if (isCold) mostCalls.push((tokens.length - before) / (hasLocks ? 1 : times));
            return found.flat();
          });
          expect(wrong(served)).toEqual([]);
          expect(Math.max(0, ...mostCalls)).toBeLessThanOrEqual(1);
        }),
        { numRuns: amount(20, 100) },
      );
    },
  );
});

const stores = new WeakMap<FakeSystem, Map<string, string>>();

/** One for each machine. */
function storeOf(system: FakeSystem): Map<string, string> {
  const store = stores.get(system) ?? new Map<string, string>();
  stores.set(system, store);
  return store;
}

/** Processes wait for each other by timers. */
async function passing(system: FakeSystem): Promise<void> {
  await inOrder(Array.from({ length: 60 }), async () => {
    await settle();
    system.advance(50);
  });
}
