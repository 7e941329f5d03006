// What to say when a plugin fails: what happened, what to do, and the end of what it said itself, without secrets.

import { isKeyringError, PluginProtocolError, TimeoutError } from '../../errors.ts';
import type { ProcessResult } from '../../system/system.ts';
import { ProviderFailure } from '../asking/provider-failure.ts';
import { createSecretMemory } from '../../util/redaction/secret-memory.ts';

/** Of what a plugin says on standard error, its end is quoted, up to this length. */
const MAX_SAID = 2000;
/** Part of a secret may stand at the cut. */
const SPARE = 500;

/** A call of a plugin, as far as it matters here. */
export interface FailedCall {
  /** The program. */
  readonly path: string;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
  /** What it was told and must not be shown: the token, its variables. */
  readonly secrets: readonly string[];
}

/** It could not be started, or not be run to its end. */
export function runFailure(call: FailedCall, error: unknown): ProviderFailure {
  return new ProviderFailure(runReason(call, error), isKeyringError(error) ? { cause: error } : {});
}

/** It ended with something other than success. */
export function exitFailure(call: FailedCall, result: ProcessResult): ProviderFailure {
  const { exitCode } = result;
  const ending = exitCode === undefined ? 'was killed by a signal' : `ended with code ${exitCode}`;
  return new ProviderFailure(`${call.path} ${ending}${said(call, result)}`);
}

/** It succeeded, but its answer is none. */
export function answerFailure(
  call: FailedCall,
  error: unknown,
  result: ProcessResult,
): ProviderFailure {
  if (!(error instanceof PluginProtocolError)) throw error;
  return new ProviderFailure(`${error.reason}${said(call, result)}`, { cause: error });
}

function runReason({ path, timeoutMs, maxOutputBytes }: FailedCall, error: unknown): string {
  if (error instanceof TimeoutError) {
    return `${path} did not answer within ${timeoutMs} ms, and was killed; give it more time with timeoutMs, or see what it waits for by running it by hand`;
  }
  // No cause and no words of Node's: they would hold the plugin's arguments.
  const { code } = Object(error) as { readonly code?: unknown };
  switch (code) {
    case undefined:
      return `${path} printed more than ${maxOutputBytes} bytes, and was killed`;
    case 'ENOENT':
      return `there is no program ${path}, or what its first line wants to be run by: install it in binDir under the name that the configuration gives it`;
    case 'EACCES':
      return `${path} may not be executed (EACCES): it must be a file with its execute permission set`;
    default:
      return `${path} could not be started (${String(code)})`;
  }
}

/** What it said on standard error, in one line. */
function said({ secrets }: FailedCall, { stdout, stderr }: ProcessResult): string {
  const memory = createSecretMemory();
  memory.remember([...textsOf(stdout), ...secrets]);
  // Control characters may be a terminal's commands.
  const end = stderr.slice(-(MAX_SAID + SPARE)).replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ');
  const shown = memory.redact(end).trim().slice(-MAX_SAID);
  return shown === '' ? '' : `; on standard error it said: ${shown}`;
}

/** What it gave away in an answer that was of no use may be secret all the same. */
function textsOf(stdout: Uint8Array): readonly string[] {
  const texts = Buffer.from(stdout)
    .toString('utf8')
    .matchAll(/"(?:[^"\\]|\\.)*"/g);
  return Array.from(texts, ([quoted]) => unquoted(quoted)).filter(
    (text) => text.length >= 4 && !PUBLIC.test(text),
  );
}

function unquoted(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted.slice(1, -1);
  }
}

/** What of an answer is no secret. */
const PUBLIC =
  /^(?:kind|apiVersion|auth|username|password|cacheKeyType|cacheDuration|Image|Registry|Global|CredentialProviderResponse|credentialprovider\.kubelet\.k8s\.io\/\w+)$/;
