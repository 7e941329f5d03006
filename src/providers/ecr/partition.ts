// The partitions of AWS: clouds with identities of their own. What is of one goes to no endpoint and no registry of another.

import { ProviderFailure } from '../asking/provider-failure.ts';
import type { EcrPrincipal } from './principal.ts';

/** By what regions begin with, the longer first. Source: @aws-sdk/core, partitions.js. */
const PARTITIONS: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['eusc-', 'aws-eusc'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ...['us', 'eu', 'ap', 'sa', 'ca', 'me', 'af', 'il', 'mx'].map(
    (prefix) => [`${prefix}-`, 'aws'] as const,
  ),
];

/** Whose names end so. */
const OF_SUFFIX: Readonly<Record<string, readonly string[]>> = {
  'amazonaws.com': ['aws', 'aws-us-gov'],
  'on.aws': ['aws', 'aws-us-gov'],
  'amazonaws.com.cn': ['aws-cn'],
  'on.amazonwebservices.com.cn': ['aws-cn'],
  'amazonaws.eu': ['aws-eusc'],
  'c2s.ic.gov': ['aws-iso'],
  'sc2s.sgov.gov': ['aws-iso-b'],
  'cloud.adc-e.uk': ['aws-iso-e'],
  'csp.hci.ic.gov': ['aws-iso-f'],
};

function knownPartition(region: string): string | undefined {
  return PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1];
}

/** The partition that a region is of; as in the SDK, one that nobody knows is of `aws`. */
function partitionOf(region: string): string {
  return knownPartition(region) ?? 'aws';
}

/** Whether registries of a region may have names with this suffix; of a new region only the name tells. */
export function hasSuffix(region: string, suffix: string): boolean {
  const partition = knownPartition(region);
  return partition === undefined || OF_SUFFIX[suffix]?.includes(partition) === true;
}

/**
 * Checks before anything is sent that region and role are of the registry's partition: a service account's token is worth
 * something by itself, and an ECR token is a password.
 *
 * @param region - The registry's own.
 * @throws {@link ProviderFailure} that says what is of which.
 */
export function checkPartition(region: string, principal: EcrPrincipal): void {
  const own = partitionOf(region);
  const asked = partitionOf(principal.region);
  if (asked !== own) {
    throw new ProviderFailure(
      `the registry is of the partition ${own}, and the region ${principal.region}, which is to be asked, of ${asked}: nothing is sent there`,
    );
  }
  if (principal.role === undefined) return;
  const [, partition] = /^arn:([a-z0-9-]{1,32}):/.exec(principal.role.arn) ?? [];
  if (partition === own && partitionOf(principal.stsRegion) === own) return;
  const whose = partition === undefined ? 'is no ARN' : `is of the partition ${partition}`;
  throw new ProviderFailure(
    `the role to assume ${whose}, and the registry of ${own}: no token is sent to its STS`,
  );
}
