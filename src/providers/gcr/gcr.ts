// What lives here: the provider for Google's Container Registry and Artifact Registry.
// To add a source of credentials: a file that gives an AccessToken or entries, and its name in gcr-options.ts and sources.ts.
// Must not be imported here: google-auth-library, other than by importPackage, and what is below providers/.

import { nodeSystem } from '../../system/node-system.ts';
import { sha256 } from '../../system/sha256.ts';
import type { CredentialProvider, CredentialRequest, CredentialResponse } from '../contract.ts';
import { principalOf } from '../principal/describe.ts';
import { ProviderFailure } from '../asking/provider-failure.ts';
import { diagnoseGcr } from './diagnose.ts';
import { readGcrOptions, type GcrOptions } from './gcr-options.ts';
import { createCloudDetector } from './identity/google-cloud.ts';
import { googleIdentity } from './identity/google-identity.ts';
import { GOOGLE_REGISTRIES, keysOfUniverse, mayHaveToken } from './google-registries.ts';
import { DOCKERCFG_MS, mergeAnswers } from './merge-answers.ts';
import { readKeyEntry } from './identity/service-account-key.ts';
import { askSource, chooseSources, isTokenSource, type GcrState } from './sources.ts';
import {
  OPT_IN_ANNOTATION,
  optsIn,
  tokenAttributesOf,
  workloadIdentityToken,
} from './identity/workload-identity.ts';

/** Enough to pull from both registries: GKE gives it to its nodes. */
const READ_ONLY_SCOPE = 'https://www.googleapis.com/auth/devstorage.read_only';

/** What decides, beside the options, whose credentials are found; see credentials-file.ts and metadata-server.ts. */
const DECIDING_VARIABLES = [
  'GOOGLE_APPLICATION_CREDENTIALS',
  'google_application_credentials',
  'CLOUDSDK_CONFIG',
  'APPDATA',
  'GCE_METADATA_IP',
  'GCE_METADATA_HOST',
  'METADATA_SERVER_DETECTION',
];

/**
 * Credentials for Google's Container Registry and Artifact Registry: the machine's own on Google Cloud, Application
 * Default Credentials elsewhere, a service account's key, or the pod's own service account. Tokens go to Google's
 * registries and to `hosts`, whatever `matchImages` says.
 *
 * Does no I/O until an image of such a registry is looked up.
 *
 * @throws TypeError for options that are wrong.
 * @example
 * ```ts
 * const keyring = createKeyring({ providers: [gcr()] });
 * await keyring.lookup('us-docker.pkg.dev/acme/containers/app:1.0');
 * ```
 */
export function gcr(given: GcrOptions = {}): CredentialProvider {
  const options = readGcrOptions(given);
  const state = stateOf(options);
  const { serviceAccount } = options;
  let fingerprint: string | undefined;
  return {
    name: 'gcr',
    matchImages: options.matchImages ?? [...GOOGLE_REGISTRIES, ...state.hosts],
    defaultCacheDurationMs: DOCKERCFG_MS,
    ...(serviceAccount === undefined ? {} : { tokenAttributes: tokenAttributesOf(serviceAccount) }),
    cacheScope(image) {
      fingerprint ??= fingerprintOf(state);
      // All registries that may have a token get the same answer, and so do all that may not.
      return `${mayHaveToken(image, state.hosts) ? 'token' : 'dockercfg'} ${fingerprint}`;
    },
    cachePrincipal: async () => principalOf(await googleIdentity(state.system, [options.keyFile])),
    provide: (request) => provide(state, request),
    diagnose: (request) => diagnoseGcr(state, request),
  };
}

function stateOf(options: GcrOptions): GcrState {
  const { system = nodeSystem, hosts = [], scope = READ_ONLY_SCOPE } = options;
  return {
    system,
    options,
    scopes: typeof scope === 'string' ? [scope] : scope,
    hosts: hosts.map((host) => host.toLowerCase()),
    detect: createCloudDetector(system),
  };
}

function fingerprintOf({ system, options, hosts, scopes }: GcrState): string {
  const { sources, key, keyFile, impersonate, serviceAccount } = options;
  const variables = DECIDING_VARIABLES.map((name) => system.env(name));
  const deciding = [sources, key, keyFile, impersonate, serviceAccount, hosts, scopes, variables];
  return sha256(JSON.stringify([...deciding, system.homeDirectory()])).slice(0, 32);
}

async function provide(
  state: GcrState,
  request: CredentialRequest,
): Promise<CredentialResponse | undefined> {
  const { system, options, hosts } = state;
  const { serviceAccount } = options;
  const isTrusted = mayHaveToken(request.image, hosts);
  if (isTrusted && serviceAccount !== undefined && optsIn(request)) {
    const token = await workloadIdentityToken(system, serviceAccount, request);
    return mergeAnswers([{ kind: 'token', token }], { ...keysBy(state), isPartial: false });
  }
  const response = await provideOwn(state, request, isTrusted);
  if (response === undefined || request.serviceAccountToken === undefined) return response;
  const serviceAccountTokenUnused = `the service account has no annotation ${OPT_IN_ANNOTATION}: "true"`;
  return { ...response, serviceAccountTokenUnused };
}

/** With the machine's own identity. */
async function provideOwn(
  state: GcrState,
  { signal }: CredentialRequest,
  isTrusted: boolean,
): Promise<CredentialResponse | undefined> {
  const { system, options } = state;
  if (options.key === undefined && options.keyFile === undefined) {
    return askSources(state, { mayHaveToken: isTrusted, signal });
  }
  if (!isTrusted) return undefined;
  const { entry, universe } = await readKeyEntry(system, options, signal);
  const { tokenKeys } = keysBy(state);
  const auth = Object.fromEntries(tokenKeys(universe).map((key) => [key, entry]));
  return { auth, cacheKeyType: 'Registry' };
}

function keysBy({ hosts }: GcrState): {
  readonly tokenKeys: (universe: string) => readonly string[];
} {
  return { tokenKeys: (universe) => keysOfUniverse(universe, hosts) };
}

interface Question {
  readonly mayHaveToken: boolean;
  readonly signal: AbortSignal;
}

/** A source that fails takes nothing from the others; only when nothing at all came does its failure count. */
async function askSources(
  state: GcrState,
  question: Question,
): Promise<CredentialResponse | undefined> {
  const { signal } = question;
  const sources = await chooseSources(state, question);
  const outcomes = await Promise.allSettled(
    sources.map((source) => askSource(state, source, signal)),
  );
  signal.throwIfAborted();
  const parts = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' ? (outcome.value ?? []) : [],
  );
  const failures = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  // Another token does where one is missing; entries of the attributes may be for other registries.
  const isPartial = outcomes.some(
    ({ status }, index) => status === 'rejected' && !isTokenSource(sources[index]),
  );
  if (parts.length > 0) {
    return mergeAnswers(parts, { ...keysBy(state), isPartial });
  }
  if (failures.length > 0) throw failureOfAll(failures);
  return undefined;
}

/** A single failure as it is; several as one with all reasons. */
function failureOfAll(failures: readonly unknown[]): unknown {
  const reasons = new Set(failures.map((failure) => (failure as Error).message));
  if (reasons.size === 1) return failures[0];
  const waits = failures.flatMap((failure) =>
    failure instanceof ProviderFailure ? (failure.retryAfterMs ?? []) : [],
  );
  return new ProviderFailure([...reasons].join('; '), {
    cause: new AggregateError(failures),
    retryAfterMs: waits.length === 0 ? undefined : Math.max(...waits),
  });
}
