// Talks to the ECR API as one principal in one region, through the AWS SDK.

import type { ECRClientConfig } from '@aws-sdk/client-ecr';
import { importPackage } from '../cloud/import-package.ts';
import { withVariable } from '../../system/with-variable.ts';
import { QUIET_LOGGER, roleCredentials } from './role-credentials.ts';
import type { AwsCredentials, EcrOptions, EcrSystem } from './ecr-options.ts';
import type { EcrPrincipal } from './principal.ts';

/** What the API answered, not yet checked. */
export interface EcrAuthorization {
  readonly authorizationToken?: string | undefined;
  readonly expiresAt?: Date | undefined;
  /** `https://ACCOUNT.dkr.ecr.REGION.amazonaws.com`, with the account of whoever asked; not from ECR Public. */
  readonly proxyEndpoint?: string | undefined;
  /** The `Date` header, which shows how far this machine's clock is off. */
  readonly serverDate?: string | undefined;
}

/** The credentials that were found, and the means by which the SDK found them. */
export interface EcrIdentity extends AwsCredentials {
  /** Letters for the SDK's user agent, by the name of the means: `{ CREDENTIALS_IMDS: '0' }`. */
  readonly $source?: object;
}

/** A client of the API. The SDK keeps the principal's credentials in it for as long as they are valid. */
export interface EcrSession {
  /** Finds the credentials, assuming the role where there is one. */
  identify(): Promise<EcrIdentity>;
  authorize(signal: AbortSignal): Promise<EcrAuthorization>;
}

/** The limits of one request. The SDK makes up to three, which fit into the 30 seconds that a provider has. */
const CONNECT_TIMEOUT_MS = 3000;
const REQUEST_TIMEOUT_MS = 9000;

/** Loads the SDK and makes a client. It sends no request yet. */
export async function ecrSession(
  principal: EcrPrincipal,
  options: EcrOptions,
  system: Pick<EcrSystem, 'httpAgents'>,
): Promise<EcrSession> {
  const { kind, region, profile } = principal;
  const { endpoints = {}, useFipsEndpoint, useDualstackEndpoint } = options;
  const requestHandler = {
    ...(await system.httpAgents()),
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    throwOnRequestTimeout: true,
  };
  const endpoint = kind === 'public' ? endpoints.ecrPublic : endpoints.ecr;
  const credentials =
    (await roleCredentials(principal, options, requestHandler)) ?? options.credential;
  const config = {
    region,
    requestHandler,
    logger: QUIET_LOGGER,
    ...(credentials === undefined ? {} : { credentials }),
    ...(profile === undefined ? {} : { profile }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(useFipsEndpoint === undefined ? {} : { useFipsEndpoint }),
    ...(useDualstackEndpoint === undefined ? {} : { useDualstackEndpoint }),
  };
  return kind === 'public' ? publicSession(config) : privateSession(config);
}

async function privateSession(config: ECRClientConfig): Promise<EcrSession> {
  const { ECRClient, GetAuthorizationTokenCommand } = await importPackage(
    '@aws-sdk/client-ecr',
    () => import('@aws-sdk/client-ecr'),
  );
  const client = withoutVersionWarning(() => new ECRClient(config));
  return sessionOf(client, async (middleware, abortSignal) => {
    // No registryIds: they are deprecated, as a token is good for every registry that the principal may read.
    const command = new GetAuthorizationTokenCommand({});
    command.middlewareStack.add((next) => middleware(next), { step: 'deserialize' });
    const { authorizationData } = await client.send(command, { abortSignal });
    return authorizationData?.[0];
  });
}

async function publicSession(config: ECRClientConfig): Promise<EcrSession> {
  const { ECRPUBLICClient, GetAuthorizationTokenCommand } = await importPackage(
    '@aws-sdk/client-ecr-public',
    () => import('@aws-sdk/client-ecr-public'),
  );
  const client = withoutVersionWarning(() => new ECRPUBLICClient(config));
  return sessionOf(client, async (middleware, abortSignal) => {
    const command = new GetAuthorizationTokenCommand({});
    command.middlewareStack.add((next) => middleware(next), { step: 'deserialize' });
    const { authorizationData } = await client.send(command, { abortSignal });
    return authorizationData;
  });
}

/** The packages' commands are of different types, and so sent by the caller. */
function sessionOf(
  { config }: { readonly config: { readonly credentials: () => Promise<EcrIdentity> } },
  send: (
    middleware: DateRecorder['middleware'],
    signal: AbortSignal,
  ) => Promise<EcrAuthorization | undefined>,
): EcrSession {
  return {
    identify: () => config.credentials(),
    async authorize(signal) {
      const { middleware, date } = dateRecorder();
      const authorization = await send(middleware, signal);
      return { ...authorization, serverDate: date() };
    },
  };
}

/**
 * Makes a client without the SDK's nine lines about versions of Node.js: docker-keyring has a policy of its own, and
 * programs that run a credential helper read its standard error. Source: @aws-sdk/core, emitWarningIfUnsupportedVersion.
 */
function withoutVersionWarning<T>(make: () => T): T {
  return withVariable('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true', make);
}

interface DateRecorder {
  readonly middleware: <Args, Result extends { response: unknown }>(
    next: (args: Args) => Promise<Result>,
  ) => (args: Args) => Promise<Result>;
  readonly date: () => string | undefined;
}

/** Records the `Date` header of the response, which the SDK does not return. */
function dateRecorder(): DateRecorder {
  let date: string | undefined;
  return {
    middleware: (next) => async (args) => {
      const result = await next(args);
      date = (result.response as { headers: Record<string, string | undefined> }).headers['date'];
      return result;
    },
    date: () => date,
  };
}
