// The one registry that there is on a page: registry.example.com. robot may pull shop/web:1.0, and nothing else is there.

import { createHash } from 'node:crypto';
import type { HttpRequest, HttpResponse } from '../../../src/system/system.ts';

const ORIGIN = 'https://registry.example.com';
const ROBOT = `Basic ${Buffer.from('robot:hunter2').toString('base64')}`;
const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

const INDEX = JSON.stringify({
  schemaVersion: 2,
  mediaType: INDEX_TYPE,
  manifests: ['amd64', 'arm64'].map((architecture) => ({
    mediaType: MANIFEST_TYPE,
    digest: digestOf(architecture),
    size: 1024,
    platform: { os: 'linux', architecture },
  })),
});
const DIGEST = digestOf(INDEX);
const MANIFESTS: ReadonlySet<string> = new Set(
  ['1.0', DIGEST].map((reference) => `${ORIGIN}/v2/shop/web/manifests/${reference}`),
);

/** What it answers; `undefined` where somebody else is asked. */
export function answerOfRegistry(request: HttpRequest): HttpResponse | undefined {
  const answer = answerOf(request);
  // An answer to HEAD has no body, and so no words of the registry's.
  return answer !== undefined && request.method === 'HEAD' ? { ...answer, body: '' } : answer;
}

function answerOf(request: HttpRequest): HttpResponse | undefined {
  const { url } = request;
  if (!url.startsWith(`${ORIGIN}/`)) return undefined;
  if (authorizationOf(request) !== ROBOT) {
    const challenge = { 'www-authenticate': 'Basic realm="registry.example.com"' };
    return reply(401, challenge, failure('UNAUTHORIZED', 'authentication required'));
  }
  if (url === `${ORIGIN}/v2/`) return reply(200, {}, '{}');
  if (!MANIFESTS.has(url)) return reply(404, {}, failure('MANIFEST_UNKNOWN', 'manifest unknown'));
  const headers = { 'content-type': INDEX_TYPE, 'docker-content-digest': DIGEST };
  return reply(200, headers, INDEX);
}

function authorizationOf({ headers = {} }: HttpRequest): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
}

function reply(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): HttpResponse {
  const lists = Object.entries(headers).map(([name, value]) => [name, [value]] as const);
  return { status, headers: new Map(lists), body, address: 'public' };
}

function failure(code: string, message: string): string {
  return JSON.stringify({ errors: [{ code, message }] });
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
