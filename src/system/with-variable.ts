// A variable of this process for the time of a call: for libraries that can be told something in no other way.

/** Calls a function that does its work at once, with a variable set, which nobody else sees. */
export function withVariable<T>(name: string, value: string, call: () => T): T {
  const before = process.env[name];
  process.env[name] = value;
  try {
    return call();
  } finally {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  }
}
