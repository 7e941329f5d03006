// Credentials of the roles that the provider assumes.

import type { ECRClientConfig } from '@aws-sdk/client-ecr';
import { importPackage } from '../cloud/import-package.ts';
import type { AwsCredentials, EcrOptions } from './ecr-options.ts';
import type { EcrPrincipal } from './principal.ts';

type Logger = NonNullable<ECRClientConfig['logger']>;

/** The SDK's log would go to standard error, among our own messages. What fails is an error anyway. */
export const QUIET_LOGGER: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
};

/**
 * How to assume the principal's role: with a service account's token, or with the credentials that the principal has
 * without it.
 *
 * @returns `undefined` when there is no role.
 */
export async function roleCredentials(
  { role, profile, stsRegion }: EcrPrincipal,
  { credential, endpoints }: EcrOptions,
  requestHandler: object,
): Promise<(() => Promise<AwsCredentials>) | undefined> {
  if (role === undefined) return undefined;
  const { fromNodeProviderChain, fromTemporaryCredentials, fromWebToken } = await importPackage(
    '@aws-sdk/credential-providers',
    () => import('@aws-sdk/credential-providers'),
  );
  const { arn, sessionName, externalId, webIdentityToken } = role;
  const parentClientConfig = { region: stsRegion, requestHandler };
  const clientConfig = {
    ...parentClientConfig,
    ...(endpoints?.sts === undefined ? {} : { endpoint: endpoints.sts }),
  };
  if (webIdentityToken !== undefined) {
    const roleSessionName = sessionName;
    const assumed = { roleArn: arn, roleSessionName, webIdentityToken };
    return fromWebToken({ ...assumed, clientConfig, logger: QUIET_LOGGER });
  }
  const chain = {
    parentClientConfig,
    logger: QUIET_LOGGER,
    ...(profile === undefined ? {} : { profile }),
  };
  return fromTemporaryCredentials({
    params: {
      RoleArn: arn,
      RoleSessionName: sessionName,
      ...(externalId === undefined ? {} : { ExternalId: externalId }),
    },
    masterCredentials: credential ?? fromNodeProviderChain(chain),
    clientConfig,
    logger: QUIET_LOGGER,
  });
}

function ignore(): void {}
