import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { CaseAnswer, LoggedStart, PlacedCase, PluginsCase } from './cases.ts';
import type { KubeletHost } from './kubelet-host.ts';
import { askLibrary, type LibraryAnswer } from './library-host.ts';
import { placeCase, readLogs, type Side } from './place-case.ts';

/** How cases came out, so that a run that tests little is seen. */
export interface PluginTally {
  cases: number;
  lookups: number;
  starts: number;
  credentials: number;
  failures: number;
}

/** Where cases are run. */
export interface PluginRun {
  readonly kubelet: KubeletHost;
  readonly directory: string;
  readonly tally: PluginTally;
}

/** Runs a case on both sides; what differs, in words. */
export async function runPluginsCase(
  run: PluginRun,
  question: PluginsCase,
  name: string,
): Promise<string | undefined> {
  const directory = join(run.directory, name);
  const placed = await placeCase(question, directory, run.kubelet.plugin);
  const [kubelet, library] = await Promise.all([run.kubelet.ask(placed), askLibrary(placed)]);
  const [ours, theirs] = await Promise.all([
    startsOf(placed, 'library', library),
    startsOf(placed, 'kubelet', library),
  ]);
  count(run.tally, library, ours);
  const difference = differenceOf(kubelet, library) ?? differenceOfStarts(theirs, ours);
  await rm(directory, { recursive: true, force: true });
  if (difference === undefined) return undefined;
  return `${name}: ${difference}\n${library.failures.join('\n')}\n${describe(question)}`;
}

function count(tally: PluginTally, library: LibraryAnswer, starts: Starts): void {
  tally.cases += 1;
  tally.lookups += library.lookups.length;
  tally.starts += Object.values(starts).flat().length;
  tally.credentials += library.lookups.flat().length;
  tally.failures += library.failures.length;
}

function differenceOf(kubelet: CaseAnswer, library: LibraryAnswer): string | undefined {
  if (kubelet.refused !== undefined) return `the kubelet refused it: ${kubelet.refused}`;
  const theirs = kubelet.lookups.slice(0, library.lookups.length);
  const at = theirs.findIndex((found, index) => !isDeepStrictEqual(found, library.lookups[index]));
  if (at < 0) return undefined;
  return `lookup ${at}: the kubelet has ${JSON.stringify(theirs[at])}, the library ${JSON.stringify(library.lookups[at])}`;
}

type Starts = Readonly<Record<string, readonly LoggedStart[]>>;

/** The starts of the lookups that are compared. */
async function startsOf(
  placed: PlacedCase,
  side: Side,
  { lookups }: LibraryAnswer,
): Promise<Starts> {
  const logs = await readLogs(placed, side);
  return Object.fromEntries(
    Object.entries(logs).map(([name, starts]) => [
      name,
      starts.filter(({ lookup }) => Number(lookup) < lookups.length),
    ]),
  );
}

/** Every start with its arguments, its variables, and what it was told, to the byte. */
function differenceOfStarts(theirs: Starts, ours: Starts): string | undefined {
  if (isDeepStrictEqual(theirs, ours)) return undefined;
  return `starts differ:\nkubelet ${JSON.stringify(theirs)}\nlibrary ${JSON.stringify(ours)}`;
}

function describe(question: PluginsCase): string {
  return JSON.stringify(question, (_key, value: unknown) => {
    const { type, data } = Object(value) as { readonly type?: unknown; readonly data?: unknown };
    return type === 'Buffer' ? Buffer.from(data as number[]).toString('latin1') : value;
  });
}
