// In a file of its own, so that `plugin` does not load context.ts.

/** The command line is wrong. The message is one line and names the option. */
export class UsageError extends Error {}
