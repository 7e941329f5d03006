// A fake of AWS STS: roles that are assumed with a signature or with a web identity token, and who the caller is.
// Exported from docker-keyring/testing: startFakeSts, FakeSts, FakeStsOptions, FakeStsRole.

import { randomBytes } from 'node:crypto';
import { expectForm } from '../expect-request.ts';
import type { FakeReply, FakeRequest } from '../fake-request.ts';
import { startFakeServer, type FakeServer } from '../fake-server.ts';
import {
  arnOf,
  EXAMPLE_AWS_CREDENTIALS,
  type AwsRefusal,
  type FakeAwsCredentials,
} from './fake-aws-credentials.ts';
import { verifySigV4 } from './verify-sigv4.ts';
import { refuseUnknown } from '../../util/option-checks.ts';

/** Who may assume a role. */
export interface FakeStsRole {
  /** Access keys that may; all that are known where it is not given. */
  readonly accessKeyIds?: readonly string[];
  /** Web identity tokens that may; none where it is not given. */
  readonly webIdentityTokens?: readonly string[];
  /** Must be named where it is set. */
  readonly externalId?: string;
}

/** Options of {@link startFakeSts}. */
export interface FakeStsOptions {
  /**
   * The keys that it knows. The ones that it issues are added, so that other fakes with this list accept them.
   *
   * @defaultValue a list of {@link EXAMPLE_AWS_CREDENTIALS}
   */
  readonly credentials?: FakeAwsCredentials[];
  /** Roles by ARN. */
  readonly roles?: Readonly<Record<string, FakeStsRole>>;
  /**
   * Its clock, in milliseconds since 1970.
   *
   * @defaultValue the machine's
   */
  readonly now?: () => number;
}

/** A fake of STS. */
export interface FakeSts extends FakeServer {
  /** The keys that it issued, oldest first. */
  readonly issued: readonly FakeAwsCredentials[];
  /** What the AWS SDKs read of the environment to come here. */
  readonly env: Readonly<Record<string, string>>;
}

interface Sts {
  readonly credentials: FakeAwsCredentials[];
  readonly issued: FakeAwsCredentials[];
  readonly roles: Readonly<Record<string, FakeStsRole>>;
  readonly now: () => number;
}

type Action = (sts: Sts, request: FakeRequest, form: URLSearchParams) => string | AwsRefusal;

const ROLE_FIELDS = {
  RoleArn: /^arn:[a-z-]+:iam::\d{12}:role\//,
  RoleSessionName: /^[\w+=,.@-]{2,64}$/,
} as const;

interface ActionRules {
  readonly required: Readonly<Record<string, RegExp>>;
  readonly optional: readonly string[];
  readonly run: Action;
}

const ACTIONS: Readonly<Record<string, ActionRules>> = {
  AssumeRole: {
    required: ROLE_FIELDS,
    optional: ['ExternalId', 'DurationSeconds'],
    run: assumeRole,
  },
  AssumeRoleWithWebIdentity: {
    required: { ...ROLE_FIELDS, WebIdentityToken: /./ },
    optional: ['DurationSeconds'],
    run: assumeRoleWithWebIdentity,
  },
  GetCallerIdentity: { required: {}, optional: [], run: getCallerIdentity },
};

/**
 * Starts a fake of STS.
 *
 * @example
 * ```ts
 * const credentials = [EXAMPLE_AWS_CREDENTIALS];
 * await using sts = await startFakeSts({ credentials, roles: { 'arn:aws:iam::210987654321:role/pull': {} } });
 * await using fake = await startFakeEcr({ credentials });
 * ```
 */
export async function startFakeSts(options: FakeStsOptions = {}): Promise<FakeSts> {
  refuseUnknown('startFakeSts', options, { credentials: true, now: true, roles: true });
  const { credentials = [EXAMPLE_AWS_CREDENTIALS], roles = {}, now = Date.now } = options;
  const issued: FakeAwsCredentials[] = [];
  const sts = { credentials, issued, roles, now };
  const server = await startFakeServer((request) => answer(sts, request), { now });
  return { ...server, issued, env: { AWS_ENDPOINT_URL_STS: server.url } };
}

function answer(sts: Sts, request: FakeRequest): FakeReply {
  const form = new URLSearchParams(request.body);
  const name = form.get('Action') ?? '';
  const action = ACTIONS[name];
  if (request.method !== 'POST' || request.path !== '/' || action === undefined) {
    return xmlError({ code: 'InvalidAction', message: `no POST of a known Action: ${name}` });
  }
  const problem = expectForm(request, {
    required: { Action: name, Version: '2011-06-15', ...action.required },
    optional: action.optional,
  });
  if (problem !== undefined) {
    return xmlError({ code: 'ValidationError', message: JSON.stringify(problem.body) });
  }
  const result = action.run(sts, request, form);
  if (typeof result !== 'string') return xmlError(result);
  const body = `<${name}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${name}Result>${result}</${name}Result><ResponseMetadata><RequestId>0</RequestId></ResponseMetadata></${name}Response>`;
  return { headers: { 'content-type': 'text/xml' }, body };
}

function assumeRole(sts: Sts, request: FakeRequest, form: URLSearchParams): string | AwsRefusal {
  const { credentials, now } = sts;
  const identity = verifySigV4(request, { credentials, service: 'sts', now: now() });
  if ('code' in identity) return identity;
  const arn = String(form.get('RoleArn'));
  const role = sts.roles[arn];
  const { accessKeyId } = identity.credentials;
  const isTrusted = role !== undefined && (role.accessKeyIds?.includes(accessKeyId) ?? true);
  if (isTrusted && (role.externalId ?? null) === form.get('ExternalId')) return issue(sts, form);
  const message = `User: ${arnOf(identity.credentials)} is not authorized to perform: sts:AssumeRole on resource: ${arn}`;
  return { code: 'AccessDenied', message };
}

function assumeRoleWithWebIdentity(
  sts: Sts,
  { headers }: FakeRequest,
  form: URLSearchParams,
): string | AwsRefusal {
  if (headers['authorization'] !== undefined) {
    return { code: 'ValidationError', message: 'AssumeRoleWithWebIdentity is not signed' };
  }
  const role = sts.roles[String(form.get('RoleArn'))];
  if (role === undefined) {
    const message = 'Not authorized to perform sts:AssumeRoleWithWebIdentity';
    return { code: 'AccessDenied', message };
  }
  return role.webIdentityTokens?.includes(String(form.get('WebIdentityToken'))) === true
    ? issue(sts, form)
    : { code: 'InvalidIdentityToken', message: 'No OpenIDConnect provider found in your account' };
}

function getCallerIdentity({ credentials, now }: Sts, request: FakeRequest): string | AwsRefusal {
  const identity = verifySigV4(request, { credentials, service: 'sts', now: now() });
  if ('code' in identity) return identity;
  const arn = arnOf(identity.credentials);
  return `<Arn>${arn}</Arn><UserId>AIDAEXAMPLE</UserId><Account>${arn.split(':')[4]}</Account>`;
}

function issue({ credentials, issued, now }: Sts, form: URLSearchParams): string {
  const [role, session] = [String(form.get('RoleArn')), form.get('RoleSessionName')];
  const arn = `${role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${session}`;
  const given = {
    accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
    sessionToken: randomBytes(60).toString('base64url'),
    expiration: new Date(now() + Number(form.get('DurationSeconds') ?? 3600) * 1000),
    arn,
  };
  credentials.push(given);
  issued.push(given);
  return `<AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:${session}</AssumedRoleId><Arn>${arn}</Arn></AssumedRoleUser><Credentials><AccessKeyId>${given.accessKeyId}</AccessKeyId><SecretAccessKey>${given.secretAccessKey}</SecretAccessKey><SessionToken>${given.sessionToken}</SessionToken><Expiration>${given.expiration.toISOString()}</Expiration></Credentials>`;
}

function xmlError({ code, message }: AwsRefusal): FakeReply {
  const text = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const body = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${text}</Message></Error><RequestId>0</RequestId></ErrorResponse>`;
  const status = code === 'AccessDenied' ? 403 : 400;
  return { status, headers: { 'content-type': 'text/xml' }, body };
}
