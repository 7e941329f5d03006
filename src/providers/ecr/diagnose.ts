// What the ECR provider finds on this machine, for `docker-keyring doctor`.

import { MAX_CLOCK_SKEW_MS } from '../../util/clock-skew.ts';
import type { Diagnosis, DiagnosisRequest } from '../contract.ts';
import type { EcrSessions } from './sessions.ts';
import type { EcrOptions, EcrSystem } from './ecr-options.ts';
import { ecrPrincipal, machineRegion, type EcrPrincipal } from './principal.ts';
import type { EcrRegistry } from './registry.ts';
import type { EcrAuthorization, EcrIdentity } from './session.ts';
import { ecrResponse } from './token.ts';

export interface EcrDiagnosisContext {
  readonly options: EcrOptions;
  readonly sessions: EcrSessions;
  readonly system: Pick<EcrSystem, 'env' | 'now'>;
  readonly registryOf: (image: string) => EcrRegistry | undefined;
}

/** By the names that the SDK gives them. Source: \@aws-sdk/types, AwsSdkCredentialsFeatures. */
const SOURCES: Readonly<Record<string, string>> = {
  CREDENTIALS_CODE: 'the credential option',
  CREDENTIALS_ENV_VARS: 'environment variables',
  CREDENTIALS_ENV_VARS_STS_WEB_ID_TOKEN: 'the web identity token file',
  CREDENTIALS_STS_ASSUME_ROLE: 'an assumed role',
  CREDENTIALS_STS_ASSUME_ROLE_WEB_ID: 'a role assumed with a web identity token',
  CREDENTIALS_PROFILE: 'the shared configuration',
  CREDENTIALS_PROFILE_SSO: 'IAM Identity Center (SSO)',
  CREDENTIALS_SSO: 'IAM Identity Center (SSO)',
  CREDENTIALS_PROFILE_PROCESS: 'a credential process',
  CREDENTIALS_PROCESS: 'a credential process',
  CREDENTIALS_HTTP: 'container metadata (ECS or EKS Pod Identity)',
  CREDENTIALS_IMDS: 'EC2 instance metadata',
};

const NOTABLE_SKEW_MS = 60_000;
const MINUTE_MS = 60_000;

/** Looks at every principal and region that the images need, or at this machine's region. */
export async function diagnoseEcr(
  { images, signal }: DiagnosisRequest,
  context: EcrDiagnosisContext,
): Promise<readonly Diagnosis[]> {
  const principals = principalsOf(images, context);
  if (principals.size === 0) {
    const hint = 'set AWS_REGION, or name an image';
    return [
      {
        status: 'warning',
        subject: 'region',
        message: 'no region is known to ask for a token',
        hint,
      },
    ];
  }
  const all = [...principals.values()].map(async (principal) =>
    diagnosePrincipal(principal, signal, context),
  );
  return (await Promise.all(all)).flat();
}

function principalsOf(
  images: readonly string[],
  { options, sessions, system, registryOf }: EcrDiagnosisContext,
): Map<string, EcrPrincipal> {
  const registries = images.flatMap((image) => registryOf(image) ?? []);
  const region = options.region ?? machineRegion(system);
  const fallback: EcrRegistry[] =
    region === undefined ? [] : [{ host: '', kind: 'private', region }];
  const principals = (registries.length === 0 ? fallback : registries).map((registry) =>
    ecrPrincipal(registry, options, system),
  );
  return new Map(principals.map((principal) => [sessions.scopeOf(principal), principal]));
}

async function diagnosePrincipal(
  principal: EcrPrincipal,
  signal: AbortSignal,
  { sessions, system }: EcrDiagnosisContext,
): Promise<Diagnosis[]> {
  const found: Diagnosis[] = [];
  let subject = 'identity';
  try {
    await sessions.use(principal, signal, async (session) => {
      found.push(identityFound(await session.identify(), principal));
      subject = 'token';
      const answer = await session.authorize(signal);
      found.push(...clockOf(answer, system.now()), tokenGiven(answer, principal, system.now()));
    });
  } catch (error) {
    signal.throwIfAborted();
    found.push(failed(subject, error, principal));
  }
  return found;
}

function identityFound(identity: EcrIdentity, { role }: EcrPrincipal): Diagnosis {
  const source = Object.keys(identity.$source ?? {})
    .map((name) => SOURCES[name])
    .findLast((text) => text !== undefined);
  const key = `access key …${identity.accessKeyId.slice(-4)}`;
  const assumed = role === undefined ? '' : ` for role ${role.arn}`;
  const message = `credentials${assumed} from ${source ?? 'the AWS SDK'}, ${key}`;
  return { status: 'ok', subject: 'identity', message };
}

function tokenGiven(
  answer: EcrAuthorization,
  { kind, region }: EcrPrincipal,
  now: number,
): Diagnosis {
  const { expiresAt } = ecrResponse('', answer);
  const account = /^https:\/\/(\d{12})\./.exec(answer.proxyEndpoint ?? '')?.[1];
  const whose = account === undefined ? '' : `, asked by account ${account}`;
  const what = `${kind === 'public' ? 'ECR Public' : 'ECR'} gave a token in ${region}${whose}`;
  const subject = 'token';
  if (expiresAt === undefined) {
    const hint = 'it is asked for at every lookup';
    return { status: 'warning', subject, message: `${what}, without an expiry`, hint };
  }
  const minutes = Math.round((expiresAt.getTime() - now) / MINUTE_MS);
  return minutes > 0
    ? { status: 'ok', subject, message: `${what}, for ${minutes} minutes` }
    : {
        status: 'failure',
        subject,
        message: `${what} that has expired ${-minutes} minutes ago`,
        hint: "check this machine's clock, and what answers at the API's address",
      };
}

function clockOf({ serverDate }: EcrAuthorization, now: number): Diagnosis[] {
  const skewMs = Math.abs(now - Date.parse(String(serverDate)));
  if (Number.isNaN(skewMs)) return [];
  const message = `this machine's clock and that of AWS differ by ${Math.round(skewMs / 1000)} seconds`;
  const subject = 'clock';
  if (skewMs <= NOTABLE_SKEW_MS) return [{ status: 'ok', subject, message }];
  const status = skewMs > MAX_CLOCK_SKEW_MS ? 'failure' : 'warning';
  return [{ status, subject, message, hint: 'set the clock (NTP)' }];
}

function failed(subject: string, error: unknown, { region }: EcrPrincipal): Diagnosis {
  // Sessions throw only explained errors: "reason; hint".
  const [reason = '', ...hint] = (error as Error).message.split('; ');
  return {
    status: 'failure',
    subject,
    message: `${region}: ${reason}`,
    ...(hint.length === 0 ? {} : { hint: hint.join('; ') }),
  };
}
