// The partitions of AWS: clouds with identities of their own.

/** By the regions' prefix, the longer first. Source: @aws-sdk/core, partitions.js. */
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

/** The partitions whose registries have a suffix. */
const BY_SUFFIX: Readonly<Record<string, readonly string[]>> = {
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

/** The partition of a region; an unknown region is of `aws`, as in the SDK. */
export function partitionOf(region: string): string {
  return knownPartition(region) ?? 'aws';
}

/** Whether registries of a region may have this suffix. An unknown region may have any. */
export function hasSuffix(region: string, suffix: string): boolean {
  const partition = knownPartition(region);
  return partition === undefined || BY_SUFFIX[suffix]?.includes(partition) === true;
}
