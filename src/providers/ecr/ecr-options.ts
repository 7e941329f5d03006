// The options of ecr(), and the check that a caller got them right.

import { own } from '../../util/own.ts';
import { isRecord } from '../../util/is-record.ts';
import {
  readOptions,
  isBooleanOption,
  isSystemOption,
  membersProblem,
  type Check,
} from '../../util/option-checks.ts';
import type { System } from '../../system/system.ts';
import type { PrincipalSystem } from '../principal/describe.ts';
import type { EcrHostOptions } from './registry.ts';

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
  readonly credentials?: AwsCredentials | (() => Promise<AwsCredentials>);
  /** Names of your own in front of ECR, with or without a port, and the region of the registry behind them. */
  readonly hosts?: Readonly<Record<string, EcrHostOptions>>;
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
  /** The outside world. The AWS SDK reads the real environment and files beside it. */
  readonly system?: EcrSystem;
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
  credentials: checkCredentials,
  hosts: entries('host names in lower case', HOST, checkHost),
  useFipsEndpoint: isBooleanOption,
  useDualstackEndpoint: isBooleanOption,
  endpoints: members({ ecr: checkUrl, ecrPublic: checkUrl, sts: checkUrl }),
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
  const read = {
    ...given,
    ...(serviceAccount && { serviceAccount: own(serviceAccount) }),
    ...(endpoints && { endpoints: own(endpoints) }),
  };
  checkCombinations(read);
  return own(read);
}

function checkCombinations(options: EcrOptions): void {
  if (options.credentials !== undefined && options.profile !== undefined) {
    throw new TypeError('ecr: credentials and profile exclude each other');
  }
  const { requireAnnotation, requireServiceAccount } = options.serviceAccount ?? {};
  if (requireAnnotation === true && requireServiceAccount === false) {
    throw new TypeError(
      'ecr: serviceAccount.requireAnnotation needs a service account, so requireServiceAccount cannot be false',
    );
  }
}

/** Checks an object's members. */
function members(checks: Checks): Check {
  return (value) => (isRecord(value) ? membersProblem(value, checks) : 'must be an object');
}

function entries(what: string, keys: RegExp, check: Check): Check {
  return (value) => {
    if (!isRecord(value)) return `must be an object whose keys are ${what}`;
    for (const [key, entry] of Object.entries(value)) {
      if (!keys.test(key)) return `[${JSON.stringify(key)}]: the keys must be ${what}`;
      const problem = check(entry);
      if (problem !== undefined) return `[${JSON.stringify(key)}] ${problem}`;
    }
    return undefined;
  };
}

function matching(pattern: RegExp, what: string): Check {
  return (value) =>
    typeof value === 'string' && pattern.test(value) ? undefined : `must be ${what}`;
}

function checkHost(value: unknown): string | undefined {
  if (isRecord(value) && value['region'] === undefined)
    return 'must have the region of the registry';
  return members({ region: isRegion, account: matching(ACCOUNT, 'twelve digits') })(value);
}

function checkCredentials(value: unknown): string | undefined {
  const isKeys =
    isRecord(value) &&
    typeof value['accessKeyId'] === 'string' &&
    typeof value['secretAccessKey'] === 'string';
  if (isKeys || typeof value === 'function') return undefined;
  return 'must have accessKeyId and secretAccessKey, or be a function that gives them';
}

function checkUrl(value: unknown): string | undefined {
  const isUrl = typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value);
  return isUrl ? undefined : 'must be an http or https URL';
}
