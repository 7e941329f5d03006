// A fake of the APIs of Amazon ECR and ECR Public: authorization tokens for requests whose signature is right.
// Exported from docker-keyring/testing: startFakeEcr, FakeEcr, FakeEcrOptions, FakeEcrToken, FakeEcrThrottle.

import { randomBytes } from 'node:crypto';
import type { TestCertificate } from '../tls/certificates.ts';
import type { FakeReply, FakeRequest } from '../fake-request.ts';
import { startFakeServer, type FakeServer } from '../fake-server.ts';
import {
  arnOf,
  EXAMPLE_AWS_CREDENTIALS,
  EXAMPLE_ROLE_CREDENTIALS,
  jsonError,
  type FakeAwsCredentials,
} from './fake-aws-credentials.ts';
import { verifySigV4, type SigV4Identity } from './verify-sigv4.ts';
import { refuseUnknown } from '../../util/option-checks.ts';

/** A token that was given out. */
export interface FakeEcrToken {
  readonly service: 'ecr' | 'ecr-public';
  readonly region: string;
  /** Who asked. */
  readonly accessKeyId: string;
  readonly username: 'AWS';
  readonly password: string;
  readonly expiresAt: Date;
}

/** How requests are throttled. */
export interface FakeEcrThrottle {
  /**
   * How many requests.
   *
   * @defaultValue all until {@link FakeServer.clearFaults}
   */
  readonly times?: number;
  /** A `Retry-After` header to send. */
  readonly retryAfter?: string;
}

/** Options of {@link startFakeEcr}. */
export interface FakeEcrOptions {
  /**
   * The keys that it knows; it looks at the list anew for each request.
   *
   * @defaultValue {@link EXAMPLE_AWS_CREDENTIALS}
   */
  readonly credentials?: readonly FakeAwsCredentials[];
  /**
   * The account that it says the caller is of.
   *
   * @defaultValue `'123456789012'`
   */
  readonly account?: string;
  /**
   * How long tokens live, in milliseconds; negative for tokens that have expired; `undefined` answers no expiry.
   *
   * @defaultValue 12 hours, as AWS
   */
  readonly tokenLifetimeMs?: number | undefined;
  /**
   * Its clock: for signatures, expiry and the Date header, in milliseconds since 1970.
   *
   * @defaultValue the machine's
   */
  readonly now?: () => number;
  readonly tls?: TestCertificate;
}

/** A fake of ECR. */
export interface FakeEcr extends FakeServer {
  /** The tokens it gave out, oldest first. */
  readonly tokens: readonly FakeEcrToken[];
  /** What the AWS SDKs read of the environment to come here with the first of the known keys. */
  readonly env: Readonly<Record<string, string>>;
  /** Refuses everybody a permission, `ecr:GetAuthorizationToken` or one of ECR Public's, or with none allows all again. */
  deny(permission?: string): void;
  /** Answers `ThrottlingException`. */
  throttle(options?: FakeEcrThrottle): void;
  setTokenLifetime(lifetimeMs: number | undefined): void;
}

interface Target {
  readonly service: FakeEcrToken['service'];
  readonly permissions: readonly string[];
}

const TARGETS: Readonly<Record<string, Target>> = {
  'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken': {
    service: 'ecr',
    permissions: ['ecr:GetAuthorizationToken'],
  },
  'SpencerFrontendService.GetAuthorizationToken': {
    service: 'ecr-public',
    permissions: ['ecr-public:GetAuthorizationToken', 'sts:GetServiceBearerToken'],
  },
};

const TWELVE_HOURS_MS = 43_200_000;
const CONTENT_TYPE = 'application/x-amz-json-1.1';

/**
 * Starts a fake of ECR and ECR Public.
 *
 * @example
 * ```ts
 * await using fake = await startFakeEcr();
 * const keyring = createKeyring({
 *   providers: [ecr({ endpoints: { ecr: fake.url }, credential: EXAMPLE_AWS_CREDENTIALS })],
 * });
 * ```
 */
export async function startFakeEcr(options: FakeEcrOptions = {}): Promise<FakeEcr> {
  refuseUnknown('startFakeEcr', options, {
    account: true,
    credentials: true,
    now: true,
    tls: true,
    tokenLifetimeMs: true,
  });
  const {
    credentials = [EXAMPLE_AWS_CREDENTIALS, EXAMPLE_ROLE_CREDENTIALS],
    account = '123456789012',
    now = Date.now,
  } = options;
  const tokens: FakeEcrToken[] = [];
  let denied: string | undefined;
  let lifetimeMs = 'tokenLifetimeMs' in options ? options.tokenLifetimeMs : TWELVE_HOURS_MS;

  function answer(request: FakeRequest): FakeReply {
    const target = TARGETS[String(request.headers['x-amz-target'])];
    if (target === undefined) return jsonError({ code: 'UnknownOperationException', message: '' });
    const { service, permissions } = target;
    const identity = verifySigV4(request, {
      credentials,
      service,
      now: now(),
      signedHeaders: ['x-amz-target'],
    });
    if ('code' in identity) return jsonError(identity);
    const problem = requestProblem(request, service, identity.region);
    if (problem !== undefined) return problem;
    if (denied !== undefined && permissions.includes(denied)) return accessDenied(identity, denied);
    const ids = registryIdsOf(request);
    if (typeof ids === 'string')
      return jsonError({ code: 'InvalidParameterException', message: ids });
    const token = newToken(service, identity);
    tokens.push(token);
    return reply(token, ids ?? [account]);
  }

  function newToken(
    service: FakeEcrToken['service'],
    { region, credentials: { accessKeyId } }: SigV4Identity,
  ): FakeEcrToken {
    const password = randomBytes(48).toString('base64url');
    const expiresAt = new Date(now() + (lifetimeMs ?? 0));
    return { service, region, accessKeyId, username: 'AWS', password, expiresAt };
  }

  function reply(token: FakeEcrToken, accounts: readonly string[]): FakeReply {
    const { service, region, username, password, expiresAt } = token;
    const data = {
      authorizationToken: Buffer.from(`${username}:${password}`).toString('base64'),
      ...(lifetimeMs === undefined ? {} : { expiresAt: expiresAt.getTime() / 1000 }),
    };
    const all = accounts.map((id) => ({
      ...data,
      proxyEndpoint: `https://${id}.dkr.ecr.${region}.amazonaws.com`,
    }));
    const body = JSON.stringify({ authorizationData: service === 'ecr' ? all : data });
    return { headers: { 'content-type': CONTENT_TYPE }, body };
  }

  const server = await startFakeServer(answer, {
    now,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
  });
  return {
    ...server,
    tokens,
    env: environment(server.url, credentials),
    deny: (permission) => {
      denied = permission;
    },
    throttle({ times, retryAfter } = {}) {
      const { status = 400, body } = jsonError({
        code: 'ThrottlingException',
        message: 'Rate exceeded',
      });
      server.inject(
        { kind: 'status', status, body, ...(retryAfter === undefined ? {} : { retryAfter }) },
        times === undefined ? {} : { times },
      );
    },
    setTokenLifetime: (newLifetimeMs) => {
      lifetimeMs = newLifetimeMs;
    },
  };
}

function requestProblem(
  { method, path, rawQuery, headers }: FakeRequest,
  service: FakeEcrToken['service'],
  region: string,
): FakeReply | undefined {
  if (
    method !== 'POST' ||
    path !== '/' ||
    rawQuery !== '' ||
    headers['content-type'] !== CONTENT_TYPE
  ) {
    return jsonError({
      code: 'SerializationException',
      message: `not a POST of ${CONTENT_TYPE} to /`,
    });
  }
  return service === 'ecr-public' && region !== 'us-east-1'
    ? jsonError({
        code: 'UnsupportedCommandException',
        message: `GetAuthorizationToken in ${region}`,
      })
    : undefined;
}

/** The accounts asked for, which AWS has deprecated; a text says what is wrong. */
function registryIdsOf({ body }: FakeRequest): readonly string[] | string | undefined {
  const input = parse(body);
  if (typeof input !== 'object' || input === null) return 'the body is not a JSON object';
  const { registryIds, ...unknown } = input as { readonly registryIds?: unknown };
  const [name] = Object.keys(unknown);
  if (name !== undefined) return `unknown member ${name}`;
  if (registryIds === undefined) return undefined;
  const isList =
    Array.isArray(registryIds) &&
    registryIds.length > 0 &&
    registryIds.every((id) => typeof id === 'string' && /^\d{12}$/.test(id));
  return isList ? (registryIds as readonly string[]) : 'registryIds is not a list of accounts';
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function accessDenied({ credentials }: SigV4Identity, permission: string): FakeReply {
  const message = `User: ${arnOf(credentials)} is not authorized to perform: ${permission} on resource: * because no identity-based policy allows the ${permission} action`;
  return jsonError({ code: 'AccessDeniedException', message });
}

function environment(
  url: string,
  [first]: readonly FakeAwsCredentials[],
): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL_ECR: url,
    AWS_ENDPOINT_URL_ECR_PUBLIC: url,
    ...(first === undefined
      ? {}
      : { AWS_ACCESS_KEY_ID: first.accessKeyId, AWS_SECRET_ACCESS_KEY: first.secretAccessKey }),
    ...(first?.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: first.sessionToken }),
  };
}
