// The failures of credential helpers. What a helper printed is never repeated: it may be half a secret.

import { TimeoutError } from '../../errors.ts';
import type { ProcessResult } from '../../system/system.ts';
import { ProviderFailure } from '../asking/provider-failure.ts';

/** What a failure's message names. */
export interface HelperCall {
  /** `pass` for the program `docker-credential-pass`. */
  readonly helper: string;
  /** What it is asked about: host and port, or Docker Hub's URL. */
  readonly server: string;
  readonly timeoutMs: number;
  /** How to do without the helper, as the end of a sentence: "install it, or …". */
  readonly remedy: string;
}

/** The helper could not be started, or was stopped. */
export function runFailure(
  call: HelperCall,
  error: unknown,
  maxOutputBytes: number,
): ProviderFailure {
  return new ProviderFailure(runReason(call, error, maxOutputBytes), { cause: error });
}

/** The helper ended without success. */
export function exitFailure(
  call: HelperCall,
  { exitCode, stderr }: ProcessResult,
  stdout: string,
): ProviderFailure {
  const ending = exitCode === undefined ? 'was killed by a signal' : `ended with code ${exitCode}`;
  const known = COMPLAINTS.find(([pattern]) => pattern.test(stdout) || pattern.test(stderr));
  const because = known === undefined ? '' : `, it seems that ${known[1]}`;
  return new ProviderFailure(`${programOf(call)} ${ending}${because}; ${byHand(call)}`);
}

/** The helper succeeded, but its answer cannot be read. */
export function malformedFailure(call: HelperCall, reason: string): ProviderFailure {
  return new ProviderFailure(
    `${programOf(call)} gave a malformed answer: ${reason}; ${byHand(call)}`,
  );
}

/** Messages of well-known helpers and of the programs that they run, and what they mean. */
const COMPLAINTS: readonly (readonly [RegExp, string])[] = [
  [/pass not initialized|password store is empty/i, 'its store is not initialised: pass init'],
  [
    /inappropriate ioctl|cannot open display|pinentry|no tty/i,
    'it wants to ask for a passphrase, and there is nobody to ask',
  ],
  [
    /decryption failed|no secret key/i,
    'gpg cannot decrypt its store: the key is not there, or locked',
  ],
  [/d-?bus|org\.freedesktop\.secrets/i, 'no secret service runs in this session'],
  [/user interaction is not allowed/i, 'the keychain is locked'],
];

function runReason(call: HelperCall, error: unknown, maxOutputBytes: number): string {
  const program = programOf(call);
  const { timeoutMs, remedy } = call;
  if (error instanceof TimeoutError) {
    return `${program} did not answer within ${timeoutMs} ms, and was stopped; it may be waiting for somebody to unlock its store; ${byHand(call)}`;
  }
  switch (errorCode(error)) {
    case undefined:
      return `${program} printed more than ${maxOutputBytes} bytes, and was stopped; ${byHand(call)}`;
    case 'ENOENT':
      return `${program} is not on the PATH: install it, or ${remedy}`;
    case 'EACCES':
      return `${program} may not be executed (EACCES): make it executable, or ${remedy}`;
    default:
      return `${program} could not be started (${errorCode(error)}); ${byHand(call)}`;
  }
}

function errorCode(error: unknown): string | undefined {
  const { code } = Object(error) as { readonly code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

function programOf({ helper }: HelperCall): string {
  return `docker-credential-${helper}`;
}

/** In single quotes nothing is special to a shell, and a server's name has none itself. */
function byHand(call: HelperCall): string {
  return `to see what it says, run: printf %s '${call.server}' | ${programOf(call)} get`;
}
