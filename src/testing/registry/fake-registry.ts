// A fake registry: images, users, and Basic or Bearer authentication, as the OCI distribution specification v1.1 and
// distribution's token specification (docs/content/spec/auth) have them.

import type { FakeReply, FakeRequest } from '../fake-request.ts';
import { startFakeServer, type FakeServer } from '../fake-server.ts';
import { errorReply } from './error-reply.ts';
import {
  createAuthentication,
  type Authentication,
  type FakeAuthenticationOptions,
} from './fake-authentication.ts';
import { createImage, type StoredContent, type StoredImage } from './fake-image.ts';
import { refuseUnknown } from '../../util/option-checks.ts';

/** Options of {@link startFakeRegistry}. */
export interface FakeRegistryOptions extends FakeAuthenticationOptions {
  /**
   * The images, as `REPOSITORY:TAG`, each with its platforms.
   *
   * @defaultValue none
   */
  readonly images?: Readonly<Record<string, readonly string[]>>;
}

/** A fake registry. */
export interface FakeRegistry extends FakeServer {
  /** The bearer tokens that it issued, oldest first. */
  readonly tokens: readonly string[];
  /** The digest of an image, as `REPOSITORY:TAG`; `undefined` where there is none. */
  digestOf(image: string): string | undefined;
  /** Ends the validity of all tokens. */
  revokeTokens(): void;
}

interface Registry {
  readonly images: ReadonlyMap<string, StoredImage>;
  readonly authentication: Authentication;
}

/**
 * Starts a registry on a free port of 127.0.0.1. It answers `/v2/`, manifests, blobs, `tags/list` with pagination, and
 * `/token` by GET and POST. Everything that goes wrong with a real one is a fault to {@link FakeServer.inject}.
 *
 * @example
 * ```ts
 * await using registry = await startFakeRegistry({
 *   images: { 'shop/web:1.0': ['linux/amd64', 'linux/arm64'] },
 *   users: { robot: 'hunter2' },
 * });
 * const { header } = await authorize(`${registry.host}/shop/web:1.0`, keyring);
 * ```
 */
export async function startFakeRegistry(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
  refuseUnknown('startFakeRegistry', options, {
    access: true,
    auth: true,
    identityTokens: true,
    now: true,
    tls: true,
    tokenSeconds: true,
    users: true,
    images: true,
  });
  const { images = {}, now = Date.now, tls } = options;
  const stored = Object.entries(images).map(
    ([name, platforms]) => [name, createImage(name, platforms)] as const,
  );
  const authentication = createAuthentication({ ...options, now });
  const registry: Registry = { images: new Map(stored), authentication };
  const server = await startFakeServer((request) => answer(registry, request), {
    now,
    ...(tls === undefined ? {} : { tls }),
  });
  return {
    ...server,
    tokens: authentication.tokens,
    digestOf: (image) => registry.images.get(image)?.manifest.digest,
    revokeTokens: () => authentication.revokeTokens(),
  };
}

function answer(registry: Registry, request: FakeRequest): FakeReply {
  const { path, method } = request;
  const { authentication } = registry;
  if (path === '/token') return authentication.tokenReply(request);
  if (method !== 'GET' && method !== 'HEAD') return errorReply(405, 'UNSUPPORTED');
  const target = targetOf(path);
  if (target === undefined) return errorReply(404, 'NOT_FOUND');
  if (!authentication.isAuthorized(request, target.repository)) {
    return authentication.challengeReply(request, target.repository);
  }
  return target.repository === undefined ? { body: {} } : imageReply(registry, request, target);
}

interface Target {
  readonly repository: string | undefined;
  readonly kind: string | undefined;
  readonly reference: string | undefined;
}

function targetOf(path: string): Target | undefined {
  const match = /^\/v2\/(?:(.+)\/(manifests|blobs|tags)\/([^/]+))?$/.exec(path);
  if (match === null) return undefined;
  const [, repository, kind, reference] = match;
  return { repository, kind, reference };
}

function imageReply(registry: Registry, request: FakeRequest, target: Target): FakeReply {
  if (target.kind === 'tags') return tagsReply(registry, request, String(target.repository));
  const found = findContent(registry, target);
  if (found !== undefined) return contentReply(found);
  return errorReply(404, target.kind === 'blobs' ? 'BLOB_UNKNOWN' : 'MANIFEST_UNKNOWN');
}

/** As the specification's "Listing Tags": in order, `n` at a time, behind `last`. */
function tagsReply(
  { images }: Registry,
  { query, path }: FakeRequest,
  repository: string,
): FakeReply {
  const tags = [...images.keys()]
    .filter((name) => name.startsWith(`${repository}:`))
    .map((name) => name.slice(repository.length + 1))
    .toSorted();
  if (tags.length === 0) return errorReply(404, 'NAME_UNKNOWN');
  const last = query.get('last');
  const rest = last === null ? tags : tags.filter((tag) => tag > last);
  const count = Number(query.get('n') ?? tags.length);
  const page = rest.slice(0, count);
  const next = `${path}?n=${count}&last=${encodeURIComponent(String(page.at(-1)))}`;
  const headers = page.length < rest.length ? { link: `<${next}>; rel="next"` } : {};
  return { headers, body: { name: repository, tags: page } };
}

function findContent(
  { images }: Registry,
  { repository, kind, reference }: Target,
): StoredContent | undefined {
  const own = [...images].filter(([name]) => name.slice(0, name.lastIndexOf(':')) === repository);
  if (kind === 'blobs') {
    return own.flatMap(([, { blobs }]) => blobs).find(({ digest }) => digest === reference);
  }
  const byTag = images.get(`${repository}:${reference}`)?.manifest;
  const all = own.flatMap(([, { manifest, manifests }]) => [manifest].concat(manifests));
  return byTag ?? all.find(({ digest }) => digest === reference);
}

function contentReply({ mediaType, digest, bytes }: StoredContent): FakeReply {
  return {
    headers: {
      'content-type': mediaType,
      'content-length': String(bytes.length),
      'docker-content-digest': digest,
    },
    body: bytes,
  };
}
