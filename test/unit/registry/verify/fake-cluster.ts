// Registries in memory, the manifests of a cluster that pulls from them, and everything that was asked.

import { createKeyring, type DockerKeyring } from '../../../../src/index.ts';
import type { PullSecret } from '../../../../src/kubernetes/index.ts';
import {
  verifyImages,
  type VerifiedImage,
  type VerifyInput,
  type VerifyOptions,
  type VerifyReport,
} from '../../../../src/registry/index.ts';
import type { TenantKeyring } from '../../../../src/registry/client/options.ts';
import type { HttpRequest } from '../../../../src/system/system.ts';
import { fakeSystem, type FakeReply, type FakeSystem } from '../../fakes/fake-system.ts';
import { failure } from '../client/fake-registry.ts';

/** How one registry behaves; it has every image. */
export interface RegistryOf {
  /** Passwords by user names. @defaultValue `{ u: 'p' }` */
  readonly users?: Readonly<Record<string, string>>;
  /** Who may pull. @defaultValue everybody who is a user */
  readonly pullers?: readonly string[];
  /** Whether nobody may pull, too. */
  readonly isPublic?: boolean;
}

/** What is answered in place of a registry's own answer. */
export type Instead =
  FakeReply | Error | ((request: HttpRequest) => FakeReply | Promise<FakeReply>);

/** The world, with handles. */
export interface FakeCluster {
  readonly system: FakeSystem;
  /** Its credentials are those of pods only. */
  readonly keyring: DockerKeyring;
  /** What was asked since the last time: `HEAD r.test/v2/team/app/manifests/1 u`. */
  readonly asked: () => string[];
  /** Answers requests otherwise, by their beginnings: `HEAD r.test/v2/team/app`. */
  readonly answer: (instead: Readonly<Record<string, Instead>>) => void;
  /** `verifyImages` in this world, without patience. */
  readonly verify: (
    inputs: readonly VerifyInput[],
    options?: VerifyOptions,
    keyring?: TenantKeyring,
  ) => Promise<VerifyReport>;
  /** The only image of a report. */
  readonly verifyOne: (
    inputs: readonly VerifyInput[],
    options?: VerifyOptions,
    keyring?: TenantKeyring,
  ) => Promise<VerifiedImage>;
}

export const DIGEST: string = `sha256:${'0123456789abcdef'.repeat(4)}`;
export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';

const HUB = 'registry-1.docker.io';

/** Makes a world of registries by their hosts, each with a token server `auth.HOST`. */
export function fakeCluster(
  registries: Readonly<Record<string, RegistryOf>> = { 'r.test': {} },
): FakeCluster {
  const log: string[] = [];
  const instead = new Map<string, Instead>();
  const system = fakeSystem({
    async http(request) {
      const line = lineOf(request);
      log.push(line);
      const [, other] = [...instead].findLast(([start]) => line.startsWith(start)) ?? [];
      if (other instanceof Error) throw other;
      if (other !== undefined) return typeof other === 'function' ? other(request) : other;
      return { address: 'public', ...replyOf(registries, request) };
    },
  });
  const keyring = createKeyring({ system, dockerConfig: false, providers: [] });
  const verify: FakeCluster['verify'] = (inputs, options, theirs = keyring) =>
    verifyImages(inputs, theirs, { system, retries: 0, ...options });
  return {
    system,
    keyring,
    asked: () => log.splice(0),
    answer: (others) => {
      for (const [start, other] of Object.entries(others)) instead.set(start, other);
    },
    verify,
    async verifyOne(...question) {
      const { images } = await verify(...question);
      if (images.length === 1) return images[0] as VerifiedImage;
      throw new Error(`there are ${images.length} images`);
    },
  };
}

/** A promise that is kept when a test says so. */
export function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let resolve: (() => void) | undefined;
  const passed = new Promise<void>((fulfil) => {
    resolve = fulfil;
  });
  return { passed, open: () => resolve?.() };
}

function lineOf(request: HttpRequest): string {
  const { url, method = 'GET', body = '' } = request;
  const { host, pathname, searchParams } = new URL(url);
  const scope = searchParams.get('scope') ?? new URLSearchParams(body).get('scope');
  const what = `${method} ${host}${pathname}${scope === null ? '' : ` [${scope}]`}`;
  return `${what} ${whoAsks(request)}`.trimEnd();
}

/** A node asks for tokens by POST. */
function whoAsks({ method, headers = {}, body = '' }: HttpRequest): string {
  if (method !== 'POST') return whoIn(headers['authorization']);
  const form = new URLSearchParams(body);
  return `${form.get('username')}:${form.get('password')}`;
}

/** Tokens are `of-USER`, so that they say whose they are. */
function whoIn(header: string = ''): string {
  const [scheme, value = ''] = header.split(' ');
  return scheme === 'Basic' ? Buffer.from(value, 'base64').toString() : value.replace('of-', '');
}

function replyOf(
  registries: Readonly<Record<string, RegistryOf>>,
  request: HttpRequest,
): FakeReply {
  const { host, pathname } = new URL(request.url);
  const header = request.headers?.['authorization'];
  const name = host.replace(HUB, 'docker.io').replace(/^auth\./, '');
  const registry = registries[name];
  if (registry === undefined) throw failure('ENOTFOUND');
  if (host.startsWith('auth.')) return tokenReply(registry, whoAsks(request));
  if (pathname !== '/v2/' && mayPull(registry, header)) return manifestReply();
  return {
    status: 401,
    headers: { 'www-authenticate': `Bearer realm="https://auth.${name}/token",service="svc"` },
  };
}

function mayPull(
  { users = USERS, isPublic = false, pullers = Object.keys(users) }: RegistryOf,
  header: string | undefined,
): boolean {
  return header !== undefined && (isPublic || pullers.includes(whoIn(header)));
}

const USERS: Readonly<Record<string, string>> = { u: 'p' };

function tokenReply({ users = USERS }: RegistryOf, who: string): FakeReply {
  const [user = '', password] = who.split(':');
  if (who !== '' && users[user] !== password) {
    return { status: 401, body: { errors: [{ code: 'UNAUTHORIZED', message: 'wrong password' }] } };
  }
  const token = `of-${user}`;
  return { body: { token, access_token: token, expires_in: 300 } };
}

/** What a manifest that is there is answered with. */
export function manifestReply(parts: FakeReply = {}): FakeReply {
  const { headers, ...others } = parts;
  return {
    headers: { 'docker-content-digest': DIGEST, 'content-type': INDEX_TYPE, ...headers },
    ...others,
  };
}

/** A Secret of entries, `u:p` by their keys. */
export function pullSecret(
  name: string,
  entries: Readonly<Record<string, string>> = { 'r.test': 'u:p' },
  namespace: string = 'shop',
): PullSecret {
  const auths = Object.entries(entries).map(([key, pair]) => {
    return [key, { auth: Buffer.from(pair).toString('base64') }] as const;
  });
  const config = JSON.stringify({ auths: Object.fromEntries(auths) });
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, ...(namespace === '' ? {} : { namespace }) },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(config).toString('base64') },
  };
}

/** What of a Deployment is not as usual. */
export interface DeploymentParts {
  readonly namespace?: string;
  /** The names of its pull secrets, or what stands in their place. */
  readonly secrets?: unknown;
  readonly account?: string;
}

/** A Deployment of images, in the namespace `shop` unless it says otherwise. */
export function deployment(
  name: string,
  images: readonly string[],
  { namespace = 'shop', secrets, account }: DeploymentParts = {},
): Record<string, unknown> {
  const list = Array.isArray(secrets)
    ? secrets.map((one: unknown) => (typeof one === 'string' ? { name: one } : one))
    : secrets;
  const spec = {
    ...(list === undefined ? {} : { imagePullSecrets: list }),
    ...(account === undefined ? {} : { serviceAccountName: account }),
    containers: images.map((image, index) => ({ name: `c${index + 1}`, image })),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, ...(namespace === '' ? {} : { namespace }) },
    spec: { template: { spec } },
  };
}

/** A ServiceAccount with the names of its pull secrets. */
export function serviceAccount(
  name: string,
  secrets: readonly string[] = [],
  namespace: string = 'shop',
): Record<string, unknown> {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, ...(namespace === '' ? {} : { namespace }) },
    imagePullSecrets: secrets.map((secret) => ({ name: secret })),
  };
}

/** A token that says of itself when it ends, in seconds since 1970. */
export function jwt(exp: number): string {
  return `header.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.signature`;
}
