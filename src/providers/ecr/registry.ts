// Which registry of Amazon ECR a host name is, and which images the provider is asked for.

import type { EcrHostOptions } from './ecr-options.ts';
import { hasSuffix } from './partition.ts';

/** A registry of ECR, as its host name describes it. */
export interface EcrRegistry {
  /** The host as the image names it: the key of the answer. */
  readonly host: string;
  readonly kind: 'private' | 'public';
  /** Twelve digits; a public registry and a host that the user listed without one have none. */
  readonly account?: string;
  /** The region whose API gives tokens for it. */
  readonly region: string;
}

/** ECR Public has one API, in this region. Source: Amazon ECR Public, "Service endpoints". */
export const PUBLIC_REGION = 'us-east-1';

/** ECR Public's names; the second one is the dual-stack name. */
const PUBLIC_HOSTS: readonly string[] = ['public.ecr.aws', 'ecr-public.aws.com'];

/** The suffixes of `ACCOUNT.dkr.ecr.REGION`: aws with GovCloud, China, EU sovereign, iso, iso-b, iso-e, iso-f. */
const SUFFIXES: readonly string[] = [
  'amazonaws.com',
  'amazonaws.com.cn',
  'amazonaws.eu',
  'c2s.ic.gov',
  'sc2s.sgov.gov',
  'cloud.adc-e.uk',
  'csp.hci.ic.gov',
];

/** The suffixes of `ACCOUNT.dkr-ecr.REGION`. */
const DUAL_STACK_SUFFIXES: readonly string[] = ['on.aws', 'on.amazonwebservices.com.cn'];

/** The images of every partition's registries, as the kubelet's `matchImages`. */
export const ECR_IMAGES: readonly string[] = [
  ...SUFFIXES.flatMap((suffix) => [`*.dkr.ecr.*.${suffix}`, `*.dkr.ecr-fips.*.${suffix}`]),
  ...DUAL_STACK_SUFFIXES.flatMap((suffix) => [
    `*.dkr-ecr.*.${suffix}`,
    `*.dkr-ecr-fips.*.${suffix}`,
  ]),
  ...PUBLIC_HOSTS,
];

/**
 * A private registry's host, anchored at both ends. Source: kubernetes/cloud-provider-aws v1.37.0
 * cmd/ecr-credential-provider/main.go, ecrPrivateHostPattern. It ties neither the separator nor the region to the suffix: the
 * globs and {@link hasSuffix} do.
 */
const PRIVATE_HOST = new RegExp(
  String.raw`^(?<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?<region>[a-zA-Z0-9][a-zA-Z0-9_-]*)\.(?<suffix>${[
    ...SUFFIXES,
    ...DUAL_STACK_SUFFIXES,
  ]
    .join('|')
    .replaceAll('.', String.raw`\.`)})$`,
);

/** The registry of an image, `undefined` when its host is neither ECR's by its whole name nor listed by the user. */
export function ecrRegistry(
  image: string,
  hosts: ReadonlyMap<string, EcrHostOptions>,
): EcrRegistry | undefined {
  const [host = ''] = image.split('/', 1);
  const listed = hosts.get(host);
  if (listed !== undefined) return { ...listed, kind: 'private' };
  if (PUBLIC_HOSTS.includes(host)) return { host, kind: 'public', region: PUBLIC_REGION };
  const { account, region, suffix } = PRIVATE_HOST.exec(host)?.groups ?? {};
  if (account === undefined || region === undefined || suffix === undefined) return undefined;
  // Otherwise the token of one partition would be the password for a host of another.
  if (!hasSuffix(region, suffix)) return undefined;
  return { host, kind: 'private', account, region };
}
