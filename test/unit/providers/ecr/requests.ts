// What tests of ECR ask with, and the names they ask about.

import { expect } from '@jest/globals';
import type { CredentialProvider, CredentialRequest } from '../../../../src/providers/contract.ts';
import { ProviderFailure } from '../../../../src/providers/asking/provider-failure.ts';
import { EXAMPLE_AWS_CREDENTIALS } from '../../../../src/testing/aws/fake-aws-credentials.ts';

export const HOST = '123456789012.dkr.ecr.us-west-2.amazonaws.com';
export const IMAGE = '123456789012.dkr.ecr.us-west-2.amazonaws.com/app';
export const OTHER_HOST = '210987654321.dkr.ecr.us-west-2.amazonaws.com';
export const PUBLIC_IMAGE = 'public.ecr.aws/docker/library/nginx';
export const ROLE = 'arn:aws:iam::210987654321:role/pull';

const SECRETS = [EXAMPLE_AWS_CREDENTIALS.secretAccessKey, 'pod-token', 'hunter2'];

/** A request that nobody gives up. */
export function request(image: string, more: Partial<CredentialRequest> = {}): CredentialRequest {
  return { image, signal: new AbortController().signal, ...more };
}

/** How a provider fails; never with a secret in what it says. */
export async function failureOf(
  provider: CredentialProvider,
  image: string,
): Promise<ProviderFailure> {
  const error = await provider
    .provide(request(image, { serviceAccountToken: 'pod-token' }))
    .then(() => undefined)
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ProviderFailure);
  const failure = error as ProviderFailure;
  for (const secret of SECRETS) expect(failure.message).not.toContain(secret);
  return failure;
}

/** Works through a list, one after the other. */
export async function inTurn<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  await items.reduce(async (before, item) => {
    await before;
    await work(item);
  }, Promise.resolve());
}
