// How many files are read at a time. A process may have 256 files open (macOS) or 1,024 (Linux), sockets included.

const MAX_AT_ONCE = 64;

let reading = 0;
const waiting: (() => void)[] = [];

/** Does the work when there are few enough others, in the order of the calls. */
export async function whenFilesAreFew<T>(work: () => Promise<T>): Promise<T> {
  // Whoever is woken has the place of the one that ended.
  if (reading < MAX_AT_ONCE) reading += 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) reading -= 1;
    else next();
  }
}
