// A fake of EC2's instance metadata (IMDSv2): session tokens, the instance role's credentials, the region.
// Exported from docker-keyring/testing: startFakeEc2Metadata, FakeEc2Metadata, FakeEc2MetadataOptions.

import { randomBytes } from 'node:crypto';
import type { FakeReply, FakeRequest } from '../fake-request.ts';
import { startFakeServer, type FakeServer } from '../fake-server.ts';
import { EXAMPLE_ROLE_CREDENTIALS, type FakeAwsCredentials } from './fake-aws-credentials.ts';
import { refuseUnknown } from '../../util/option-checks.ts';

/** Options of {@link startFakeEc2Metadata}. */
export interface FakeEc2MetadataOptions {
  /**
   * The role's credentials; `undefined` for an instance without a role.
   *
   * @defaultValue {@link EXAMPLE_ROLE_CREDENTIALS}, expiring in six hours
   */
  readonly credentials?: FakeAwsCredentials | undefined;
  /** @defaultValue `'node'` */
  readonly roleName?: string;
  /** @defaultValue `'us-west-2'` */
  readonly region?: string;
  /**
   * Its clock, in milliseconds since 1970.
   *
   * @defaultValue the machine's
   */
  readonly now?: () => number;
}

/** A fake of instance metadata. */
export interface FakeEc2Metadata extends FakeServer {
  /** What the AWS SDKs read of the environment to come here. */
  readonly env: Readonly<Record<string, string>>;
}

const TOKEN_PATH = '/latest/api/token';
const TTL_HEADER = 'x-aws-ec2-metadata-token-ttl-seconds';
const ROLES_PATH = '/latest/meta-data/iam/security-credentials';
const SIX_HOURS_MS = 21_600_000;

/**
 * Starts a fake of EC2's instance metadata. It wants a session token for everything, as an instance with
 * `HttpTokens: required`.
 *
 * @example
 * ```ts
 * await using metadata = await startFakeEc2Metadata();
 * Object.assign(process.env, metadata.env);
 * ```
 */
export async function startFakeEc2Metadata(
  options: FakeEc2MetadataOptions = {},
): Promise<FakeEc2Metadata> {
  refuseUnknown('startFakeEc2Metadata', options, {
    credentials: true,
    now: true,
    region: true,
    roleName: true,
  });
  const { roleName = 'node', region = 'us-west-2', now = Date.now } = options;
  const credentials = 'credentials' in options ? options.credentials : EXAMPLE_ROLE_CREDENTIALS;
  const expiries = new Map<string, number>();

  function newToken({ method, headers }: FakeRequest): FakeReply {
    const ttl = Number(headers[TTL_HEADER]);
    if (method !== 'PUT') return { status: 405 };
    // A token that went through a proxy would be somebody else's: the real service refuses as well.
    if (headers['x-forwarded-for'] !== undefined) return { status: 403 };
    if (!Number.isInteger(ttl) || ttl < 1 || ttl > 21_600) return { status: 400 };
    const token = randomBytes(40).toString('base64url');
    expiries.set(token, now() + ttl * 1000);
    return { headers: { 'content-type': 'text/plain', [TTL_HEADER]: String(ttl) }, body: token };
  }

  function answer(request: FakeRequest): FakeReply {
    if (request.path === TOKEN_PATH) return newToken(request);
    const token = request.headers['x-aws-ec2-metadata-token'] ?? '';
    if (now() >= (expiries.get(token) ?? 0)) return { status: 401 };
    if (request.method !== 'GET') return { status: 405 };
    if (request.path === '/latest/meta-data/placement/region') return { body: region };
    if (credentials === undefined) return { status: 404 };
    if (request.path.replace(/\/$/, '') === ROLES_PATH) return { body: roleName };
    if (request.path !== `${ROLES_PATH}/${roleName}`) return { status: 404 };
    return { body: roleCredentials(credentials, now()) };
  }

  const server = await startFakeServer(answer, { now });
  const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: server.url, AWS_EC2_METADATA_DISABLED: 'false' };
  return { ...server, env };
}

function roleCredentials(credentials: FakeAwsCredentials, now: number): object {
  const { accessKeyId, secretAccessKey, sessionToken = '', expiration } = credentials;
  return {
    Code: 'Success',
    LastUpdated: instant(new Date(now)),
    Type: 'AWS-HMAC',
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: instant(expiration ?? new Date(now + SIX_HOURS_MS)),
  };
}

/** Without fractions of a second, as the real service. */
function instant(date: Date): string {
  return date.toISOString().replace(/\.\d+/, '');
}
