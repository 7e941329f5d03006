// The one error of the command line that is the user's own.

/** The command line is wrong; the message is one line and names the option. */
export class UsageError extends Error {}
