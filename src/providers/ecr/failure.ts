// Failures of AWS in words that say what to do and hold no secret: a service's own message is not repeated, but for the
// names of the principal and of the permission.

import { reasonOf } from '../../system/http/http-failure.ts';
import { retryAfterMs } from '../../util/retry-after.ts';
import type { EcrPrincipal } from './principal.ts';

/** A failure's reason, and what to do about it. */
export interface EcrFailure {
  readonly reason: string;
  readonly hint: string;
  readonly retryAfterMs?: number | undefined;
}

/** An error of the AWS SDK, or of anything below it. */
interface SdkError {
  /** Without `Exception` at its end, which some services write and some do not. */
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

interface Rule {
  readonly matches: (error: SdkError) => boolean;
  readonly explain: (error: SdkError, principal: EcrPrincipal) => EcrFailure;
}

const CLOCK_NAMES = /^(?:RequestExpired|RequestInTheFuture|RequestTimeTooSkewed)$/;
const CLOCK_MESSAGE = /signature (?:expired|not yet current)/i;
const DENIED_NAMES = /^(?:AccessDenied|UnauthorizedOperation)$/;
const EXPIRED_NAMES = /^ExpiredToken$/;
const UNKNOWN_TOKEN_NAMES = /^(?:InvalidIdentityToken|IDPCommunicationError)$/;
const UNKNOWN_KEY_NAMES = /^(?:UnrecognizedClient|InvalidClientTokenId|AuthFailure)$/;
const SIGNATURE_NAMES = /^(?:SignatureDoesNotMatch|InvalidSignature|IncompleteSignature)$/;
const THROTTLE_NAMES =
  /^(?:Throttling|Throttled|TooManyRequests|RequestLimitExceeded|RequestThrottled|SlowDown)$/;
const SSO_MESSAGE = /sso/i;

/** In order: the first that matches explains. */
const RULES: readonly Rule[] = [
  {
    matches: ({ name, message }) => CLOCK_NAMES.test(name) || CLOCK_MESSAGE.test(message),
    explain: () => ({
      reason: "AWS refused the request because this machine's clock is off",
      hint: 'set the clock (NTP)',
    }),
  },
  { matches: ({ name }) => DENIED_NAMES.test(name), explain: accessDenied },
  {
    matches: ({ name }) => EXPIRED_NAMES.test(name),
    explain: () => ({
      reason: 'the AWS credentials, or the token to assume a role with, have expired',
      hint: 'renew them: log in again, or export new ones',
    }),
  },
  {
    matches: ({ name }) => UNKNOWN_TOKEN_NAMES.test(name),
    explain: () => ({
      reason: "STS does not accept the service account's token",
      hint: "check the cluster's OIDC provider in IAM, and the token's issuer and audience",
    }),
  },
  {
    matches: ({ name }) => UNKNOWN_KEY_NAMES.test(name),
    explain: (_error, { region }) => ({
      reason: `AWS does not know the access key in region ${region}`,
      hint: 'check that the key is active, that it is of the same partition, and that the account has opted in to the region',
    }),
  },
  {
    matches: ({ name }) => SIGNATURE_NAMES.test(name),
    explain: () => ({
      reason: 'AWS refused the signature',
      hint: 'check the secret access key: the access key id is known',
    }),
  },
  {
    matches: ({ name }) => name === 'UnsupportedCommand',
    explain: (_error, { region }) => ({
      reason: `the service does not do this in region ${region}`,
      hint: 'check the endpoint: ECR Public has its API in us-east-1 only',
    }),
  },
  {
    matches: ({ name, status }) => THROTTLE_NAMES.test(name) || status === 429,
    explain: () => ({
      reason: 'AWS throttles the requests',
      hint: 'share tokens between processes (the store option), or ask for a higher quota',
    }),
  },
  {
    matches: ({ name, message }) =>
      name === 'TokenProviderError' ||
      (name === 'CredentialsProviderError' && SSO_MESSAGE.test(message)),
    explain: () => ({
      reason: 'the session of AWS IAM Identity Center (SSO) is missing or has expired',
      hint: 'run "aws sso login" for the profile',
    }),
  },
  {
    matches: ({ name }) => name === 'CredentialsProviderError',
    explain: (_error, { profile }) => ({
      reason: noCredentials(profile),
      hint: 'give this machine a role, set AWS_PROFILE or AWS_ACCESS_KEY_ID, or pass credential, profile or roleArn to ecr()',
    }),
  },
  {
    // The SDK's own complaint about a body that it cannot read.
    matches: ({ status }) => status === 200,
    explain: () => ({
      reason: 'what answers at the address of the API is not AWS',
      hint: 'look at the proxy, and at the endpoints and AWS_ENDPOINT_URL settings',
    }),
  },
  {
    matches: ({ status }) => status !== undefined && status >= 500,
    explain: ({ status }) => ({
      reason: `AWS answered with HTTP status ${status}`,
      hint: 'try again; if it lasts, look at the AWS Health Dashboard',
    }),
  },
  {
    matches: ({ status, code, name }) =>
      status === undefined && (code !== '' || name === 'TimeoutError' || name === 'HttpFailure'),
    explain: (error, { region }) => ({
      reason: `the API of AWS in region ${region} is out of reach: ${networkReason(error)}`,
      hint: 'check the region in the image name, the network, the proxy settings and the VPC endpoint',
    }),
  },
];

/** Explains an error. */
export function explainEcrError(error: unknown, principal: EcrPrincipal, now: number): EcrFailure {
  const seen = readError(error);
  const rule = RULES.find(({ matches }) => matches(seen));
  const status = seen.status === undefined ? '' : ` (HTTP status ${seen.status})`;
  const { reason, hint } = rule?.explain(seen, principal) ?? {
    reason: `the AWS SDK failed with ${seen.name}${status}`,
    hint: 'run "docker-keyring doctor"',
  };
  return { reason, hint, retryAfterMs: retryAfterMs(seen.headers['retry-after'], now) };
}

function accessDenied({ message }: SdkError, { kind, role }: EcrPrincipal): EcrFailure {
  const named = /perform:?\s+([a-z][a-z-]*:[A-Za-z]+)/.exec(message)?.[1];
  const needed =
    kind === 'public'
      ? 'ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken'
      : 'ecr:GetAuthorizationToken';
  const who = /arn:[a-z0-9-]+:(?:iam|sts)::\d{12}:[\w+=,.@/-]+/.exec(message)?.[0];
  const subject = who ?? 'the principal';
  if (named?.startsWith('sts:AssumeRole')) {
    const target = role === undefined ? 'the role' : role.arn;
    return {
      reason: `${subject} may not assume ${target}: ${named} is denied`,
      hint: "check the role's trust policy, and the principal's own policies",
    };
  }
  return {
    reason: `${subject} lacks the permission ${named ?? needed}`,
    hint: `allow ${needed} on resource "*"`,
  };
}

/** A failure of the network. The agents of a System have put what a proxy did into words already. */
function networkReason({ name, code, message }: SdkError): string {
  if (name === 'HttpFailure') return message;
  return code === '' ? 'it does not answer in time' : reasonOf({ code });
}

function noCredentials(profile: string | undefined): string {
  const looked =
    'environment variables, the shared configuration (SSO, assumed roles and processes too), a web identity token file, and container or instance metadata';
  return profile === undefined
    ? `no AWS credentials: the SDK looked at ${looked}`
    : `no AWS credentials for profile ${JSON.stringify(profile)} in the shared configuration`;
}

/** Reads what SDK, Node and agents put on errors; anything may have been thrown. */
function readError(error: unknown): SdkError {
  const { name, message, $metadata, $response } = (error ?? {}) as ThrownBySdk;
  return {
    // A service names its errors as it likes; only a plain name is repeated.
    name: matching(name, /^[A-Za-z][\w.]{0,80}$/)?.replace(/Exception$/, '') ?? 'an error',
    message: matching(message, /^/) ?? '',
    code: codeOf(error),
    status: $metadata?.httpStatusCode,
    headers: $response?.headers ?? {},
  };
}

interface ThrownBySdk {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: SdkError['headers'] };
}

/** The reason of the network's failure: the SDK's error, or one of its causes, has it. */
function codeOf(error: unknown): string {
  let one = error as ThrownBySdk | null | undefined;
  for (let depth = 0; depth < MAX_CAUSES && one; depth += 1) {
    const code = matching(one.code, /^[A-Z][A-Z0-9_]{1,60}$/);
    if (code !== undefined) return code;
    one = one.cause as ThrownBySdk | null | undefined;
  }
  return '';
}

/** Causes may go in circles. */
const MAX_CAUSES = 8;

function matching(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}
