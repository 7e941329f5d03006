// A fake of the endpoint that gives containers credentials: ECS, and EKS Pod Identity.
// Exported from docker-keyring/testing: startFakeEcsMetadata, FakeEcsMetadata, FakeEcsMetadataOptions.

import type { FakeReply, FakeRequest } from '../fake-request.ts';
import { startFakeServer, type FakeServer } from '../fake-server.ts';
import { EXAMPLE_ROLE_CREDENTIALS, type FakeAwsCredentials } from './fake-aws-credentials.ts';
import { refuseUnknown } from '../../util/option-checks.ts';

/** Options of {@link startFakeEcsMetadata}. */
export interface FakeEcsMetadataOptions {
  /** @defaultValue {@link EXAMPLE_ROLE_CREDENTIALS}, expiring in six hours */
  readonly credentials?: FakeAwsCredentials;
  /**
   * What the Authorization header must be; none must come where it is not given.
   */
  readonly authorizationToken?: string;
  /**
   * Its clock, in milliseconds since 1970.
   *
   * @defaultValue the machine's
   */
  readonly now?: () => number;
}

/** A fake of container credentials. */
export interface FakeEcsMetadata extends FakeServer {
  /** What the AWS SDKs read of the environment to come here. */
  readonly env: Readonly<Record<string, string>>;
}

const PATH = '/v2/credentials/00000000-0000-0000-0000-000000000000';
const SIX_HOURS_MS = 21_600_000;

/**
 * Starts a fake of the container credentials endpoint.
 *
 * @example
 * ```ts
 * await using metadata = await startFakeEcsMetadata({ authorizationToken: 'from the pod identity agent' });
 * Object.assign(process.env, metadata.env);
 * ```
 */
export async function startFakeEcsMetadata(
  options: FakeEcsMetadataOptions = {},
): Promise<FakeEcsMetadata> {
  refuseUnknown('startFakeEcsMetadata', options, {
    authorizationToken: true,
    credentials: true,
    now: true,
  });
  const { credentials = EXAMPLE_ROLE_CREDENTIALS, authorizationToken, now = Date.now } = options;
  function answer({ method, path, rawQuery, headers }: FakeRequest): FakeReply {
    if (method !== 'GET' || path !== PATH || rawQuery !== '') return refusal(404, 'NotFound');
    if (headers['authorization'] !== authorizationToken) return refusal(401, 'Unauthorized');
    const { accessKeyId, secretAccessKey, sessionToken = '', expiration, arn } = credentials;
    const expiry = expiration ?? new Date(now() + SIX_HOURS_MS);
    return {
      body: {
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        Token: sessionToken,
        Expiration: expiry.toISOString(),
        ...(arn === undefined ? {} : { RoleArn: arn }),
      },
    };
  }
  const server = await startFakeServer(answer, { now });
  const env = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.url}${PATH}`,
    ...(authorizationToken === undefined
      ? {}
      : { AWS_CONTAINER_AUTHORIZATION_TOKEN: authorizationToken }),
  };
  return { ...server, env };
}

function refusal(status: number, code: string): FakeReply {
  return { status, body: { code, message: code } };
}
