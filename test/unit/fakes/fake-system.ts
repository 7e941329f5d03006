// The outside world in memory: files, environment, and a clock that moves when a test moves it.

import { own } from '../../../src/util/own.ts';
import type {
  AddressKind,
  HttpRequest,
  HttpResponse,
  HttpStream,
  ProcessRequest,
  ProcessResult,
  System,
} from '../../../src/system/system.ts';
import { checkAddress } from '../../../src/system/http/allowed-addresses.ts';
import { FORBIDDEN_ADDRESS } from '../../../src/system/http/http-failure.ts';
import { fakeFiles, type FileHandles } from './fake-files.ts';

/** What a fake world begins with. */
export interface FakeWorld {
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly platform?: NodeJS.Platform;
  readonly userId?: number | undefined;
  /** Answers HTTP requests; without it every request is refused, as on a machine without a network. */
  readonly http?: (request: HttpRequest) => FakeReply | Promise<FakeReply>;
  /** Runs programs; without it there are none. */
  readonly run?: (
    request: ProcessRequest,
  ) => Partial<FakeProcessResult> | Promise<Partial<FakeProcessResult>>;
}

/** An HTTP answer, written briefly: an object as body is JSON, bytes are as they are. */
export interface FakeReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: unknown;
  /** The kind of the address that answers, which the request must allow; without it a proxy stands between. */
  readonly address?: AddressKind;
}

/** How a program ends; by itself with 0 unless said otherwise. */
interface FakeProcessResult {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A world with handles for the test. */
export interface FakeSystem extends System, FileHandles {
  /** Every HTTP request, in order, those that were not let out for their address too. */
  readonly requests: HttpRequest[];
  /** Streams that were neither read to their end nor cancelled: each would hold a connection. */
  openStreams(): number;
  /** Every program that was run, in order. */
  readonly runs: ProcessRequest[];
  /** What `random()` gives: 0.5 until it is set. */
  randomValue: number;
  setVariable(name: string, value: string | undefined): void;
  /** Moves both clocks, calling the timers that come due. */
  advance(milliseconds: number): void;
  pendingTimers(): number;
  /** Those that keep the process alive. */
  keepAliveTimers(): number;
  /** Sets the wall clock back; the other one goes on. */
  setClockBack(milliseconds: number): void;
}

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
  readonly keepAlive: boolean;
}

const START_MS = Date.UTC(2026, 0, 1);

/** Makes a world; its home is `/home/user`, its working directory `/cwd`. */
export function fakeSystem(world: FakeWorld = {}): FakeSystem {
  const clock = fakeClock();
  const userId = (): number | undefined => ('userId' in world ? world.userId : 1000);
  const files = fakeFiles({ now: clock.now, userId, home: '/home/user' });
  let lastName = 0;
  const variables = new Map(Object.entries({ HOME: '/home/user', ...world.env }));
  for (const [path, content] of Object.entries(world.files ?? {})) files.put(path, content);
  const system: FakeSystem = {
    ...clock,
    ...files,
    ...fakeNetwork(world),
    ...fakePrograms(world),
    randomValue: 0.5,
    random: () => system.randomValue,
    platform: own(world).platform ?? 'linux',
    env: (name) => variables.get(name),
    variableNames: () => [...variables.keys()],
    setVariable(name, value) {
      if (value === undefined) variables.delete(name);
      else variables.set(name, value);
    },
    homeDirectory: () => '/home/user',
    workingDirectory: () => '/cwd',
    userId,
    ownProcess: async () => '0',
    isRunning: async () => undefined,
    uniqueName: () => `00000000-0000-0000-0000-${`${(lastName += 1)}`.padStart(12, '0')}`,
  };
  return system;
}

/** A world in which pauses between attempts take no time, and deadlines, which are longer, never come. */
export interface ImpatientSystem extends FakeSystem {
  /** The pauses that were waited for. */
  readonly pausesMs: number[];
}

const LONGEST_PAUSE_MS = 10_000;

/** Lets pauses take no time. */
export function withoutPauses(system: FakeSystem): ImpatientSystem {
  const pausesMs: number[] = [];
  return Object.assign(system, {
    pausesMs,
    setTimer(delayMs: number, callback: () => void) {
      if (delayMs > LONGEST_PAUSE_MS) return () => {};
      pausesMs.push(delayMs);
      queueMicrotask(callback);
      return () => {};
    },
  });
}

function fakeNetwork({
  http,
}: FakeWorld): Pick<FakeSystem, 'requests' | 'http' | 'httpStream' | 'httpAgents' | 'openStreams'> {
  const requests: HttpRequest[] = [];
  const streams = new Set<HttpStream>();
  const answer = async (request: HttpRequest): Promise<FakeReply> => {
    requests.push(request);
    request.signal?.throwIfAborted();
    if (http === undefined) {
      throw Object.assign(new Error(`${request.url}: no network`), { code: 'ENETUNREACH' });
    }
    checkAddress(new URL(request.url), request.addresses);
    const reply = await http(request);
    request.signal?.throwIfAborted();
    if (isForbidden(request, reply)) {
      throw Object.assign(new Error(`${request.url}: forbidden`), { code: FORBIDDEN_ADDRESS });
    }
    return reply;
  };
  return {
    requests,
    openStreams: () => streams.size,
    async http(request) {
      const reply = await answer(request);
      return { ...headOf(own(reply)), body: bytesOf(reply).toString('utf8') };
    },
    async httpStream(request) {
      const reply = await answer(request);
      const cancelled = new AbortController();
      const end = (): void => void streams.delete(stream);
      const stream: HttpStream = {
        ...headOf(own(reply)),
        body: chunksOf(bytesOf(reply), [request.signal, cancelled.signal], end),
        cancel() {
          end();
          cancelled.abort(new Error('Premature close'));
        },
      };
      streams.add(stream);
      return stream;
    },
    httpAgents: () => Promise.reject(new Error('no SDK here')),
  };
}

function isForbidden({ addresses }: HttpRequest, { address }: FakeReply): boolean {
  return addresses !== undefined && address !== undefined && !addresses.includes(address);
}

// In two chunks, since nothing says that one is all.
async function* chunksOf(
  bytes: Buffer,
  signals: readonly (AbortSignal | undefined)[],
  end: () => void,
): AsyncGenerator<Uint8Array, void> {
  try {
    const half = Math.ceil(bytes.length / 2);
    for (const chunk of [bytes.subarray(0, half), bytes.subarray(half)]) {
      for (const signal of signals) signal?.throwIfAborted();
      if (chunk.length > 0) yield chunk;
    }
  } finally {
    end();
  }
}

function headOf({ status = 200, headers = {}, address }: FakeReply): Omit<HttpResponse, 'body'> {
  const all = Object.entries(headers).map(
    ([name, value]) => [name.toLowerCase(), [value].flat()] as const,
  );
  return { status, headers: new Map(all), ...(address === undefined ? {} : { address }) };
}

function bytesOf({ body = '' }: FakeReply): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function fakePrograms({ run }: FakeWorld): Pick<FakeSystem, 'runs' | 'run'> {
  const runs: ProcessRequest[] = [];
  return {
    runs,
    async run(request): Promise<ProcessResult> {
      runs.push(request);
      request.signal?.throwIfAborted();
      if (run === undefined) {
        const message = `spawn ${request.command} ENOENT`;
        throw Object.assign(new Error(message), { code: 'ENOENT' });
      }
      const result = { exitCode: 0, stdout: '', stderr: '', ...(await run(request)) };
      return { ...result, stdout: Buffer.from(result.stdout) };
    },
  };
}

type Clock = Pick<
  FakeSystem,
  | 'now'
  | 'monotonicMs'
  | 'setTimer'
  | 'advance'
  | 'pendingTimers'
  | 'keepAliveTimers'
  | 'setClockBack'
>;

function fakeClock(): Clock {
  const timers = new Set<Timer>();
  let elapsedMs = 0;
  let setBackMs = 0;

  function nextDue(limitMs: number): Timer | undefined {
    const due = [...timers].filter(({ dueMs }) => dueMs <= limitMs);
    return due.toSorted((a, b) => a.dueMs - b.dueMs)[0];
  }

  return {
    now: () => START_MS + elapsedMs - setBackMs,
    monotonicMs: () => elapsedMs,
    setTimer(delayMs, callback, { keepAlive = false } = {}) {
      const timer = { dueMs: elapsedMs + delayMs, callback, keepAlive };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(milliseconds) {
      const end = elapsedMs + milliseconds;
      for (let timer = nextDue(end); timer !== undefined; timer = nextDue(end)) {
        timers.delete(timer);
        elapsedMs = timer.dueMs;
        timer.callback();
      }
      elapsedMs = end;
    },
    pendingTimers: () => timers.size,
    keepAliveTimers: () => [...timers].filter(({ keepAlive }) => keepAlive).length,
    setClockBack: (milliseconds) => void (setBackMs += milliseconds),
  };
}
