// Whether another process still runs, so that nobody waits for one that was killed. Only Linux says so exactly: a process
// is its id and when it started, within a namespace of ids (a container's, for one) and since one start of the machine.

const { promises } = process.getBuiltinModule('node:fs');
const { readFile, readlink } = promises;

/** Where nobody can say. */
const UNKNOWN = '0';

let own: Promise<string> | undefined;

/** This process, as part of a file name. */
export function ownProcess(): Promise<string> {
  own ??= describeOwn('/proc');
  return own;
}

/** The same, by a /proc of one's own. */
export async function describeOwn(proc: string): Promise<string> {
  try {
    const [state, world] = await Promise.all([readState(proc, 'self'), readWorld(proc)]);
    return state === undefined ? UNKNOWN : `${state.id}.${state.startedAt}.${world}`;
  } catch {
    return UNKNOWN;
  }
}

/** Whether a process runs that called itself so; `undefined` where nobody can say. */
export async function isRunning(described: string, proc = '/proc'): Promise<boolean | undefined> {
  const mine = await (proc === '/proc' ? ownProcess() : describeOwn(proc));
  const [id = '', startedAt, ...world] = described.split('.');
  if (mine === UNKNOWN || world.join('.') !== mine.split('.').slice(2).join('.')) return undefined;
  try {
    const state = await readState(proc, id);
    return state !== undefined && state.startedAt === startedAt;
  } catch {
    return undefined;
  }
}

interface ProcessState {
  readonly id: string;
  /** In ticks since the machine's start, proc_pid_stat(5), field 22. */
  readonly startedAt: string;
}

/** `undefined` where there is no such process, or one that has ended and is not yet forgotten. */
async function readState(proc: string, process: string): Promise<ProcessState | undefined> {
  const text = await readFile(`${proc}/${process}/stat`, 'latin1').catch(undefinedWhereMissing);
  if (text === undefined) return undefined;
  // The program's name stands in parentheses, and may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state = ''] = fields;
  const startedAt = fields[19];
  if (startedAt === undefined) throw new Error('it is no such file');
  return 'ZX'.includes(state) ? undefined : { id: text.slice(0, text.indexOf(' ')), startedAt };
}

function undefinedWhereMissing(error: NodeJS.ErrnoException): undefined {
  // ESRCH: it ended while it was looked at.
  if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error;
}

async function readWorld(proc: string): Promise<string> {
  const [namespace, start] = await Promise.all([
    readlink(`${proc}/self/ns/pid`),
    readFile(`${proc}/sys/kernel/random/boot_id`, 'latin1'),
  ]);
  return `${namespace}.${start}`.replaceAll(/[^\w.-]/g, '');
}
