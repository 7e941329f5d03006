// What the provider finds on this machine, for `docker-keyring doctor`: whether it is on Google Cloud, its service account,
// and its token.

import { MAX_CLOCK_SKEW_MS } from '../../util/clock-skew.ts';
import type { HttpResponse } from '../../system/system.ts';
import type { Diagnosis, DiagnosisRequest } from '../contract.ts';
import { KeyringError } from '../../errors.ts';
import { ProviderFailure } from '../asking/provider-failure.ts';
import { findCredentialsFile, readCredentialsFile } from './identity/credentials-file.ts';
import { mayHaveToken } from './google-registries.ts';
import {
  hasScope,
  insufficientScopes,
  PULL_SCOPES,
  readAccount,
  scopesOf,
} from './identity/metadata-token.ts';
import { readKeyEntry } from './identity/service-account-key.ts';
import { askSource, chooseSources, type GcrState } from './sources.ts';
import type { GcrSource } from './gcr-options.ts';
import { OPT_IN_ANNOTATION } from './identity/workload-identity.ts';

/** Looks at everything that the provider would use. Rejects only when the signal is aborted. */
export async function diagnoseGcr(
  state: GcrState,
  { images, signal }: DiagnosisRequest,
): Promise<readonly Diagnosis[]> {
  const about = [...aboutImages(state, images), ...aboutWorkloadIdentity(state)];
  const { key, keyFile } = state.options;
  if (key !== undefined || keyFile !== undefined) {
    return [...about, await looking('key', signal, () => aboutKey(state, signal))];
  }
  const findings = [
    await looking('cloud', signal, () => aboutCloud(state, signal)),
    await looking('credentials-file', signal, () => aboutFile(state, signal)),
    ...(await aboutSources(state, signal)),
  ];
  return [...about, ...findings];
}

function aboutImages({ hosts }: GcrState, images: readonly string[]): readonly Diagnosis[] {
  return images
    .filter((image) => !mayHaveToken(image, hosts))
    .map((image) => ({
      status: 'warning',
      subject: 'images',
      message: `${image} is not in a registry of Google's: no token is given to it`,
      hint: "list its registry in gcr's option hosts, if it is trusted with Google's tokens",
    }));
}

function aboutWorkloadIdentity({ options }: GcrState): readonly Diagnosis[] {
  if (options.serviceAccount === undefined) return [];
  const message = `service accounts with the annotation ${OPT_IN_ANNOTATION}: "true" get tokens of their own`;
  return [{ status: 'ok', subject: 'workload-identity', message }];
}

async function aboutKey({ system, options }: GcrState, signal: AbortSignal): Promise<Diagnosis> {
  await readKeyEntry(system, options, signal);
  const { keyFile = 'the given key' } = options;
  return { status: 'ok', subject: 'key', message: `${keyFile} is the key of a service account` };
}

async function aboutCloud({ detect }: GcrState, signal: AbortSignal): Promise<Diagnosis> {
  const { isGoogleCloud, how } = await detect({ mayProbe: true, signal });
  const message = `this machine is ${isGoogleCloud ? '' : 'not '}on Google Cloud: ${how}`;
  return { status: 'ok', subject: 'cloud', message };
}

async function aboutFile({ system }: GcrState, signal: AbortSignal): Promise<Diagnosis> {
  const subject = 'credentials-file';
  const file = await findCredentialsFile(system, signal);
  if (file === undefined) {
    return { status: 'ok', subject, message: 'there are no Application Default Credentials' };
  }
  const { type } = await readCredentialsFile(system, file, signal);
  return { status: 'ok', subject, message: `${file.path} (by ${file.origin}) is of type ${type}` };
}

async function aboutSources(state: GcrState, signal: AbortSignal): Promise<readonly Diagnosis[]> {
  let sources: readonly GcrSource[];
  try {
    sources = await chooseSources(state, { mayHaveToken: true, signal });
  } catch (error) {
    return [failed('sources', error, signal)];
  }
  if (sources.length === 0) {
    const message = 'there is no source of Google credentials on this machine';
    const hint = 'run gcloud auth application-default login, or give gcr the option keyFile';
    return [{ status: 'warning', subject: 'sources', message, hint }];
  }
  const findings = await Promise.all(sources.map((source) => aboutSource(state, source, signal)));
  return findings.flat();
}

async function aboutSource(
  state: GcrState,
  source: GcrSource,
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  const answer = looking(source, signal, () => aboutAnswer(state, source, signal));
  if (source !== 'metadata') return [await answer];
  // At once: with a server that hangs, each of them takes its whole deadline.
  return Promise.all([
    looking('identity', signal, () => aboutIdentity(state, signal)),
    looking('scopes', signal, () => aboutScopes(state, signal)),
    answer,
    looking('clock', signal, () => aboutClock(state, signal)),
  ]);
}

async function aboutAnswer(
  state: GcrState,
  source: GcrSource,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const part = await askSource(state, source, signal);
  const ok = { status: 'ok', subject: source } as const;
  if (part === undefined) return { ...ok, message: 'the instance has no such attribute' };
  if (part.kind === 'entries') return { ...ok, message: `entries: ${part.entries.length}` };
  if (part.token.expiresAtMs === undefined) {
    const hint = 'it is asked for at every lookup';
    return { ...ok, status: 'warning', message: 'a token that does not say when it expires', hint };
  }
  const minutes = Math.floor((part.token.expiresAtMs - state.system.now()) / 60_000);
  return { ...ok, message: `a token that expires in ${minutes} minutes` };
}

async function aboutIdentity({ system }: GcrState, signal: AbortSignal): Promise<Diagnosis> {
  const { body } = await readAccount(system, 'email', signal);
  const email = body.trim();
  const isShown = /^[\w.@:+-]{1,256}$/.test(email);
  const message = isShown ? email : 'the service account has a name that is no email';
  return { status: 'ok', subject: 'identity', message };
}

async function aboutScopes({ system }: GcrState, signal: AbortSignal): Promise<Diagnosis> {
  const subject = 'scopes';
  const scopes = scopesOf(await readAccount(system, 'scopes?alt=json', signal));
  if (scopes === undefined) {
    return { status: 'warning', subject, message: 'the metadata server gives no list of scopes' };
  }
  return hasScope(scopes, PULL_SCOPES)
    ? { status: 'ok', subject, message: scopes.join(', ') }
    : { status: 'failure', subject, message: insufficientScopes(scopes, PULL_SCOPES) };
}

async function aboutClock({ system }: GcrState, signal: AbortSignal): Promise<Diagnosis> {
  const subject = 'clock';
  const skewMs = skewOf(await readAccount(system, 'email', signal), system.now());
  if (skewMs === undefined) {
    return { status: 'ok', subject, message: 'the metadata server sends no date to compare with' };
  }
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  const direction = skewMs > 0 ? 'ahead of' : 'behind';
  const message = `this machine's clock is ${seconds} seconds ${direction} Google's`;
  return Math.abs(skewMs) < MAX_CLOCK_SKEW_MS
    ? { status: 'ok', subject, message }
    : { status: 'warning', subject, message, hint: 'let a time service set the clock' };
}

function skewOf({ headers }: HttpResponse, nowMs: number): number | undefined {
  const dateMs = Date.parse(String(headers.get('date')?.[0]));
  return Number.isNaN(dateMs) ? undefined : nowMs - dateMs;
}

async function looking(
  subject: string,
  signal: AbortSignal,
  look: () => Promise<Diagnosis>,
): Promise<Diagnosis> {
  try {
    return await look();
  } catch (error) {
    return failed(subject, error, signal);
  }
}

function failed(subject: string, error: unknown, signal: AbortSignal): Diagnosis {
  signal.throwIfAborted();
  // The message of any other error may hold a secret.
  const message = isOurs(error) ? error.message : 'it could not be looked at';
  return { status: 'failure', subject, message };
}

function isOurs(error: unknown): error is Error {
  return error instanceof ProviderFailure || error instanceof KeyringError;
}
