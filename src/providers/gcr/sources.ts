// The sources of credentials: which there are on this machine, and how each is asked.

import type { System } from '../../system/system.ts';
import { applicationDefaultToken } from './identity/application-default.ts';
import type { AccessToken } from './identity/access-token.ts';
import { findCredentialsFile } from './identity/credentials-file.ts';
import { readDockercfg, readDockercfgUrl } from './dockercfg-attributes.ts';
import type { GcrOptions, GcrSource } from './gcr-options.ts';
import type { DetectGoogleCloud } from './identity/google-cloud.ts';
import { impersonate } from './identity/impersonation.ts';
import type { Part } from './merge-answers.ts';
import { IAM_SCOPES, metadataToken, PULL_SCOPES } from './identity/metadata-token.ts';

/** A provider's options with their defaults, and its state. */
export interface GcrState {
  readonly system: System;
  readonly options: GcrOptions;
  readonly hosts: readonly string[];
  readonly scopes: readonly string[];
  readonly detect: DetectGoogleCloud;
}

export interface SourceQuestion {
  /** Whether the image's registry may be given a token. */
  readonly mayHaveToken: boolean;
  readonly signal: AbortSignal;
}

/** For tokens that get another service account's: storage scopes do not allow that. */
const IMPERSONATOR_SCOPES = ['https://www.googleapis.com/auth/cloud-platform'];

/**
 * The sources to ask, in the order in which their credentials are to be tried. By themselves: on Google Cloud what the
 * kubelet asked there (google-dockercfg, google-dockercfg-url, the instance's token), and on any machine the
 * Application Default Credentials where a file holds some. The file goes before the instance's token, as in Google's tools.
 */
export async function chooseSources(
  state: GcrState,
  question: SourceQuestion,
): Promise<readonly GcrSource[]> {
  const { sources = 'auto', impersonate: account } = state.options;
  const all = sources === 'auto' ? await findSources(state, question) : sources;
  const usable = question.mayHaveToken ? all : all.filter((source) => !isTokenSource(source));
  // Whichever token it is exchanged for, the result is the same account's.
  const first = usable.find(isTokenSource);
  return account === undefined
    ? usable
    : usable.filter((source) => !isTokenSource(source) || source === first);
}

async function findSources(
  { system, detect }: GcrState,
  { mayHaveToken, signal }: SourceQuestion,
): Promise<readonly GcrSource[]> {
  const file = mayHaveToken ? await findCredentialsFile(system, signal) : undefined;
  // With a credentials file, a request would only find out that there are no others.
  const { isGoogleCloud } = await detect({ mayProbe: file === undefined, signal });
  const files: readonly GcrSource[] = file === undefined ? [] : ['application-default'];
  return isGoogleCloud ? ['google-dockercfg', 'google-dockercfg-url', ...files, 'metadata'] : files;
}

/** Whether a source gives a token of Google's, and not entries for any registry. */
export function isTokenSource(source: GcrSource | undefined): boolean {
  return source === 'metadata' || source === 'application-default';
}

/** Asks one source; `undefined` when it has nothing. */
export async function askSource(
  state: GcrState,
  source: GcrSource,
  signal: AbortSignal,
): Promise<Part | undefined> {
  if (source === 'google-dockercfg' || source === 'google-dockercfg-url') {
    const read = source === 'google-dockercfg' ? readDockercfg : readDockercfgUrl;
    const entries = await read(state.system, signal);
    return entries === undefined ? undefined : { kind: 'entries', entries };
  }
  return { kind: 'token', token: await askToken(state, source, signal) };
}

/** The token that a source is good for. */
async function askToken(
  state: GcrState,
  source: 'metadata' | 'application-default',
  signal: AbortSignal,
): Promise<AccessToken> {
  const { system, options, scopes } = state;
  const { impersonate: account } = options;
  const own =
    source === 'metadata'
      ? await metadataToken(system, account === undefined ? PULL_SCOPES : IAM_SCOPES, signal)
      : await applicationDefaultToken(system, {
          scopes: account === undefined ? scopes : IMPERSONATOR_SCOPES,
          signal,
        });
  return account === undefined ? own : impersonate(system, own, { account, scopes, signal });
}
