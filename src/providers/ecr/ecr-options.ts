// The options of ecr(), and the check that a caller got them right.

import { own } from '../../util/own.ts';
import { isRecord } from '../../util/is-record.ts';
import {
  entries,
  isBooleanOption,
  isHttpUrl,
  isSystemOption,
  matching,
  members,
  readOptions,
  type Check,
} from '../../util/option-checks.ts';
import type { System } from '../../system/system.ts';
import type { PrincipalSystem } from '../principal/describe.ts';
import { matchImagesProblem } from '../check-provider.ts';

/** A host of your own in front of a registry of ECR. */
export interface EcrHostOptions {
  /** In lower case, with its port: `registry.example.com:5000`. */
  readonly host: string;
  /** The registry's region. */
  readonly region: string;
  /** The registry's account, which chooses among `accounts`. */
  readonly account?: string;
}

/** Keys of an AWS principal, as the AWS SDK's credential providers give them. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Who asks for the tokens. Where nothing is set it is whom the AWS SDK's own chain finds. */
export interface EcrPrincipalOptions {
  /** A profile of the shared AWS configuration; its credentials ask, or assume `roleArn`. */
  readonly profile?: string;
  /** A role to assume with STS, in the registry's region. */
  readonly roleArn?: string;
  /** The external id that the role's trust policy wants. */
  readonly externalId?: string;
  /**
   * The name of the role's session, which CloudTrail shows.
   *
   * @defaultValue `'docker-keyring'`
   */
  readonly roleSessionName?: string;
  /** A region to ask in place of the registry's own. A token is for the registries of the region that gave it. */
  readonly region?: string;
}

/** Tokens of the pod's service account instead of the node's own credentials. */
export interface EcrServiceAccountOptions {
  /**
   * The audience of the tokens.
   *
   * @defaultValue `'sts.amazonaws.com'`
   */
  readonly audience?: string;
  /**
   * Whether the provider is left out for lookups without a pod. Otherwise they are answered by the machine's own
   * credentials, as in the kubelet.
   *
   * @defaultValue `requireAnnotation`
   */
  readonly requireServiceAccount?: boolean;
  /**
   * Whether it is left out for service accounts without the annotation `eks.amazonaws.com/ecr-role-arn`. Otherwise the
   * role is the one in `AWS_ECR_ROLE_ARN`, and where there is none the machine's own credentials are used. It requires
   * a service account, too, as the kubelet's rules want.
   *
   * @defaultValue `false`
   */
  readonly requireAnnotation?: boolean;
}

/** Addresses of services, for private endpoints and tests. `AWS_ENDPOINT_URL_ECR` and its like work as well. */
export interface EcrEndpoints {
  /** The ECR API, for every region. */
  readonly ecr?: string;
  /** The ECR Public API. */
  readonly ecrPublic?: string;
  /** STS, for the roles that the provider assumes. */
  readonly sts?: string;
}

/** The options of `ecr()`. */
export interface EcrOptions extends EcrPrincipalOptions {
  /** Who asks, by the account of the registry: twelve digits. What an account leaves out is as for all others. */
  readonly accounts?: Readonly<Record<string, EcrPrincipalOptions>>;
  /** Credentials, or a credential provider of the AWS SDK, in place of the SDK's chain. */
  readonly credential?: AwsCredentials | (() => Promise<AwsCredentials>);
  /**
   * Further hosts, of your own in front of ECR. They are given tokens. A text stands for a registry in the region that the
   * option `region` names.
   *
   * @defaultValue none
   */
  readonly hosts?: readonly (string | EcrHostOptions)[];
  /**
   * The images that it is asked for; of these, it answers those of ECR's registries and of `hosts` alone.
   *
   * @defaultValue all of them
   */
  readonly matchImages?: readonly string[];
  /**
   * Whether to ask the FIPS endpoints of the API.
   *
   * @defaultValue what `AWS_USE_FIPS_ENDPOINT` and the shared AWS configuration say
   */
  readonly useFipsEndpoint?: boolean;
  /**
   * Whether to ask the dual-stack endpoints of the API, which IPv6 reaches.
   *
   * @defaultValue what `AWS_USE_DUALSTACK_ENDPOINT` and the shared AWS configuration say
   */
  readonly useDualstackEndpoint?: boolean;
  readonly endpoints?: EcrEndpoints;
  /** Turns service-account tokens on; `{}` for the defaults. The tokens come from `getServiceAccountToken`. */
  readonly serviceAccount?: EcrServiceAccountOptions;
  /**
   * The outside world. The AWS SDK reads the real environment and files beside it.
   *
   * @defaultValue this machine
   */
  readonly system?: System;
}

/** What `ecr()` needs of the outside world. */
export type EcrSystem = PrincipalSystem & Pick<System, 'httpAgents' | 'now' | 'random'>;

type Checks = Readonly<Record<string, Check>>;

const ACCOUNT = /^\d{12}$/;
const REGION = /^[a-z0-9][a-z0-9-]*$/;
const HOST =
  /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?::\d{1,5})?$/;

const isName = matching(/./, 'a string that is not empty');
const isRegion = matching(REGION, 'a region such as eu-west-1');
const isHost = matching(HOST, 'a host in lower case, with its port');
const isHostObject = members({
  host: isHost,
  region: isRegion,
  account: matching(ACCOUNT, 'twelve digits'),
});

const PRINCIPAL: Checks = {
  profile: isName,
  // STS says which characters it takes: API reference, AssumeRole.
  roleArn: matching(/^arn:[a-z0-9-]+:iam::\d{12}:role\/\S+$/, 'the ARN of a role'),
  externalId: matching(/^[\w+=,.@:/-]{2,1224}$/, 'an external id as STS takes it'),
  roleSessionName: matching(/^[\w+=,.@-]{2,64}$/, '2 to 64 letters, digits or any of _+=,.@-'),
  region: isRegion,
};

const OPTIONS: Checks = {
  ...PRINCIPAL,
  accounts: entries('accounts of twelve digits', ACCOUNT, members(PRINCIPAL)),
  credential: checkCredential,
  hosts: checkHosts,
  matchImages: matchImagesProblem,
  useFipsEndpoint: isBooleanOption,
  useDualstackEndpoint: isBooleanOption,
  endpoints: members({ ecr: isHttpUrl, ecrPublic: isHttpUrl, sts: isHttpUrl }),
  serviceAccount: members({
    audience: isName,
    requireServiceAccount: isBooleanOption,
    requireAnnotation: isBooleanOption,
  }),
  system: isSystemOption,
};

/** Throws a TypeError that names the option and what it must be. */
export function readEcrOptions(options: EcrOptions): EcrOptions {
  const given = readOptions('ecr', options, OPTIONS);
  const { serviceAccount, endpoints } = given;
  const read = own({
    ...given,
    ...(serviceAccount && { serviceAccount: own(serviceAccount) }),
    ...(endpoints && { endpoints: own(endpoints) }),
  });
  checkCombinations(read);
  return read;
}

function checkCombinations(options: EcrOptions): void {
  const nowhere = (options.hosts ?? []).findIndex((one) => typeof one === 'string');
  if (nowhere >= 0 && options.region === undefined) {
    throw new TypeError(
      `ecr: hosts [${nowhere}] must have the region of the registry, or the option region must say it`,
    );
  }
  if (options.credential !== undefined && options.profile !== undefined) {
    throw new TypeError('ecr: credential and profile exclude each other');
  }
  const { requireAnnotation, requireServiceAccount } = own(options.serviceAccount ?? {});
  if (requireAnnotation === true && requireServiceAccount === false) {
    throw new TypeError(
      'ecr: serviceAccount.requireAnnotation needs a service account, so requireServiceAccount cannot be false',
    );
  }
}

function checkHosts(value: unknown): string | undefined {
  if (!Array.isArray(value)) return 'must be an array of hosts, or of { host, region, account }';
  for (const [index, one] of (value as readonly unknown[]).entries()) {
    const problem = typeof one === 'string' ? isHost(one) : checkHost(one);
    if (problem !== undefined) return `[${index}] ${problem}`;
  }
  return undefined;
}

function checkHost(value: unknown): string | undefined {
  const problem = isHostObject(value);
  if (problem !== undefined) return problem;
  const { host, region } = value as Partial<EcrHostOptions>;
  if (host === undefined) return 'must have a host';
  return region === undefined ? 'must have the region of the registry' : undefined;
}

function checkCredential(value: unknown): string | undefined {
  const isKeys =
    isRecord(value) &&
    typeof value['accessKeyId'] === 'string' &&
    typeof value['secretAccessKey'] === 'string';
  if (isKeys || typeof value === 'function') return undefined;
  return 'must have accessKeyId and secretAccessKey, or be a function that gives them';
}

/** The registries behind the user's own hosts. */
export function ownHosts({
  hosts = [],
  region = '',
}: EcrOptions): ReadonlyMap<string, EcrHostOptions> {
  const all = hosts.map((one) => (typeof one === 'string' ? { host: one, region } : own(one)));
  return new Map(all.map((one) => [one.host, one]));
}
