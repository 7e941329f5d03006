// The process that a credential helper is: what of Node's `process` it takes, and what it says beside its answer.

/** A standard stream that is written to. */
export interface HelperOutput {
  write(text: string): unknown;
  on?(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** The part of Node's `process` that a credential helper takes. */
export interface HelperProcess {
  /** Node, the program, and its arguments. */
  readonly argv: readonly string[];
  /** Gets `DOCKER_KEYRING_HELPER_CHAIN`, which every child inherits. */
  readonly env: Record<string, string | undefined>;
  readonly stdin: AsyncIterable<string | Uint8Array>;
  readonly stdout: HelperOutput;
  readonly stderr: HelperOutput;
  exitCode?: number | string | null | undefined;
}

/** What a helper says instead of an answer, on its standard output; one line without anything secret. */
export class HelperError extends Error {}

/** credentials/error.go: what clients recognise, word for word. */
export const HELPER_MESSAGES = {
  notFound: 'credentials not found in native keychain',
  noServer: 'no credentials server URL',
  noUsername: 'no credentials username',
} as const;
