// The protocol of Docker's credential helpers, as far as it is needed here: `get`.
// Source: docker/docker-credential-helpers credentials/credentials.go, credentials/error.go and client/client.go.

import { isRecord } from '../../util/is-record.ts';
import { parseJson } from '../../util/parse-json.ts';
import type { ProcessResult, System } from '../../system/system.ts';
import type { CredentialResponseEntry } from '../contract.ts';
import { ProviderFailure } from '../asking/provider-failure.ts';
import { exitFailure, malformedFailure, runFailure, type HelperCall } from './failures.ts';
import { HELPER_NAME_RULE, isHelperName } from './helper-name.ts';

export interface HelperQuestion extends HelperCall {
  /** Added to the environment that the helper runs in. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A helper that prints more is stopped. The kubelet has the same limit for its plugins. */
const MAX_OUTPUT_BYTES = 1024 * 1024;

/** credentials/error.go: helpers print these on their standard output. */
const MISSES: ReadonlySet<string> = new Set([
  'credentials not found in native keychain',
  'no credentials server URL',
  'no credentials username',
]);

/** credentials/credentials.go: the user name of what is an identity token. */
const TOKEN_USERNAME = '<token>';

/** One run of a helper. */
export interface HelperRun {
  readonly helper: string;
  readonly action: 'get' | 'list' | 'store' | 'erase';
  readonly stdin: string;
  readonly timeoutMs: number;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs the program `docker-credential-NAME`.
 *
 * @returns how it ended, and its standard output as text.
 * @throws what {@link System.run} throws.
 */
export async function runHelper(
  system: Pick<System, 'run'>,
  { helper, action, stdin, timeoutMs, env, signal }: HelperRun,
): Promise<{ readonly result: ProcessResult; readonly text: string }> {
  const result = await system.run({
    command: `docker-credential-${helper}`,
    args: [action],
    stdin,
    timeoutMs,
    maxOutputBytes: MAX_OUTPUT_BYTES,
    signal,
    ...(env === undefined ? {} : { env }),
  });
  return { result, text: new TextDecoder().decode(result.stdout).trim() };
}

/**
 * Asks a helper for the credentials of a server.
 *
 * @returns `undefined` where it has none.
 * @throws {@link ProviderFailure} for everything else; its message repeats nothing that the helper printed.
 */
export async function askHelper(
  system: Pick<System, 'run'>,
  question: HelperQuestion,
): Promise<CredentialResponseEntry | undefined> {
  const { helper, server, timeoutMs, env, signal } = question;
  if (!isHelperName(helper)) {
    throw new ProviderFailure(`there can be no such helper: ${HELPER_NAME_RULE}`);
  }
  const { result, text } = await runHelper(system, {
    helper,
    action: 'get',
    stdin: server,
    timeoutMs,
    env,
    signal,
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw runFailure(question, error, MAX_OUTPUT_BYTES);
  });
  if (MISSES.has(text)) return undefined;
  if (result.exitCode !== 0) throw exitFailure(question, result, text);
  const { username, secret } = parseAnswer(question, text);
  // Helpers up to 0.6.4 answer so where they know nothing of the server: Debian's docker-credential-pass.
  if (secret === '' && (username === '' || username === TOKEN_USERNAME)) return undefined;
  return username === TOKEN_USERNAME
    ? { username: '', password: '', identityToken: secret }
    : { username, password: secret };
}

interface HelperCredential {
  readonly username: string;
  readonly secret: string;
}

function parseAnswer(question: HelperQuestion, text: string): HelperCredential {
  const document = parseJson(text);
  if (document === undefined) throw malformedFailure(question, 'it is not JSON');
  if (!isRecord(document)) throw malformedFailure(question, 'it is not a JSON object');
  const { Username: username = '', Secret: secret = '' } = document;
  if (typeof username !== 'string' || typeof secret !== 'string') {
    throw malformedFailure(question, 'Username and Secret must be strings');
  }
  return { username, secret };
}
