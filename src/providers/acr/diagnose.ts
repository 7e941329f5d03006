// What the provider finds on this machine, for `docker-keyring doctor`: the configuration file, the identity, a token of Entra
// ID, the clock, and the exchange at the registries of the caller's images.

import { MAX_CLOCK_SKEW_MS } from '../../util/clock-skew.ts';
import type { System } from '../../system/system.ts';
import type { Diagnosis, DiagnosisRequest } from '../contract.ts';
import { ProviderFailure } from '../asking/provider-failure.ts';
import { MissingPackageError } from '../../errors.ts';
import { DEFAULT_CONFIG_FILE } from './identity/azure-identity.ts';
import { loginServerOf, mirrorOf, type LoginServer } from './login-server.ts';
import type { AadToken, TokenSource } from './identity/open-identity.ts';
import { challengeOf, exchange, REGISTRY_SCOPE } from './registry-token.ts';
import { checkCloud, readSetup, rulesWith, type AcrSetup, type AcrState } from './setup.ts';
import { has } from '../../util/own.ts';

/** Rejects only when the signal is aborted. */
export async function diagnose(
  state: AcrState,
  { images, signal }: DiagnosisRequest,
): Promise<readonly Diagnosis[]> {
  try {
    const setup = await readSetup(state, signal);
    const found = [configFinding(state, setup), await metadataFinding(state)];
    const servers = serversOf(state, setup, images);
    const { identity } = setup;
    if (typeof identity === 'string') return [...found, missingFinding(state, identity)];
    if (has(identity, 'kind')) return [...found, plainFinding(identity.kind)];
    return [
      ...found,
      ...(await tokenFindings(state, { setup, servers, source: identity, signal })),
    ];
  } catch (error) {
    signal.throwIfAborted();
    return [failure('identity', error)];
  }
}

interface TokenCheck {
  readonly setup: AcrSetup;
  readonly servers: readonly LoginServer[];
  readonly source: TokenSource;
  readonly signal: AbortSignal;
}

function configFinding({ options }: AcrState, { config, cloud }: AcrSetup): Diagnosis {
  const where = `the cloud is ${cloud.name}`;
  const subject = 'configuration';
  if (config !== undefined) {
    return { status: 'ok', subject, message: `${config.path} counts; ${where}` };
  }
  const message =
    options.identity === undefined && options.credential === undefined
      ? `there is no ${DEFAULT_CONFIG_FILE}; ${where}`
      : `the identity is given as option; ${where}`;
  return { status: 'ok', subject, message };
}

async function metadataFinding({ probe }: AcrState): Promise<Diagnosis> {
  const absent = await probe();
  // Only Azure's own machines have it, so that it is missing is no fault.
  return {
    status: 'ok',
    subject: 'metadata',
    message: absent ?? 'managed identities can be asked for',
  };
}

function missingFinding({ options }: AcrState, reason: string): Diagnosis {
  const subject = 'identity';
  return options.serviceAccount === undefined
    ? { status: 'failure', subject, message: reason }
    : { status: 'ok', subject, message: `tokens of service accounts alone: ${reason}` };
}

function plainFinding(kind: string): Diagnosis {
  const message = `a user name and password, as ${kind}: nothing is asked before the registry itself`;
  return { status: 'ok', subject: 'identity', message };
}

async function tokenFindings(state: AcrState, check: TokenCheck): Promise<readonly Diagnosis[]> {
  const { options, system } = state;
  const { source, signal } = check;
  let aad: AadToken;
  try {
    aad = await source.getToken(options.scope ?? REGISTRY_SCOPE, signal);
  } catch (error) {
    signal.throwIfAborted();
    return [failure('token', error)];
  }
  const exchanges = check.servers.map((server) => exchangeFindings(state, check, { server, aad }));
  return [
    { status: 'ok', subject: 'identity', message: source.who },
    expiryFinding(system, aad),
    ...(await Promise.all(exchanges)).flat(),
  ];
}

function expiryFinding(system: Pick<System, 'now'>, aad: AadToken): Diagnosis {
  const minutes = Math.round((aad.expiresOnTimestamp - system.now()) / 60_000);
  const subject = 'token';
  if (minutes > 0) {
    const message = `Entra ID gives tokens for registries; this one is good for ${minutes} minutes`;
    return { status: 'ok', subject, message };
  }
  return {
    status: 'failure',
    subject,
    message: `Entra ID’s token has expired ${-minutes} minutes ago by this machine’s clock`,
    hint: 'Set the clock',
  };
}

async function exchangeFindings(
  state: AcrState,
  { setup, source, signal }: TokenCheck,
  { server, aad }: { readonly server: LoginServer; readonly aad: AadToken },
): Promise<readonly Diagnosis[]> {
  const found: Diagnosis[] = [];
  try {
    checkCloud(state, setup, server);
    const challenge = await challengeOf(state, server, signal);
    found.push(...clockFinding(state.system, challenge.serverTimeMs));
    await exchange(state, { server, source, signal }, { challenge, aadToken: aad.token });
    const message = `${server.host} exchanges the token for one of its own`;
    return [...found, { status: 'ok', subject: 'exchange', message }];
  } catch (error) {
    signal.throwIfAborted();
    return [...found, failure('exchange', error)];
  }
}

function clockFinding(
  system: Pick<System, 'now'>,
  serverTimeMs: number | undefined,
): readonly Diagnosis[] {
  if (serverTimeMs === undefined) return [];
  const skewMs = system.now() - serverTimeMs;
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  const message = `this machine’s clock is ${seconds} s ${skewMs < 0 ? 'behind' : 'ahead of'} the registry’s`;
  if (Math.abs(skewMs) <= MAX_CLOCK_SKEW_MS) return [{ status: 'ok', subject: 'clock', message }];
  return [{ status: 'warning', subject: 'clock', message, hint: 'Set the clock' }];
}

function serversOf(
  state: AcrState,
  setup: AcrSetup,
  images: readonly string[],
): readonly LoginServer[] {
  const { registryMirrors = {} } = state.options;
  const servers = images.flatMap((image) => {
    const target = mirrorOf(image, registryMirrors)?.target ?? image;
    return loginServerOf(target, rulesWith(state, setup)) ?? [];
  });
  return [...new Map(servers.map((server) => [server.host, server])).values()];
}

/** Only messages of our own are known to hold no secret. */
function failure(subject: string, error: unknown): Diagnosis {
  const isOurs = error instanceof ProviderFailure || error instanceof MissingPackageError;
  const message = isOurs ? error.message : `it threw ${(error as Error).name}`;
  return { status: 'failure', subject, message };
}
