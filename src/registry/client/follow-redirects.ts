// Redirects: registries hand out manifests and blobs by them. Credentials stay with the registry.

import { RegistryUnavailableError } from '../../errors.ts';
import type { AddressKind, HttpRequest, HttpResponse } from '../../system/system.ts';
import type { SentSecrets } from './sent-secrets.ts';

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * What another origin is told: what is wanted, and nothing of who wants it. The Fetch standard ("HTTP-redirect fetch") takes
 * Authorization away; Cookie and Proxy-Authorization are the browser's own there, and a caller's headers any secret here.
 */
const ANONYMOUS: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'pragma',
  'range',
  'user-agent',
]);

/** What is followed from. */
export interface Start {
  readonly registry: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Where redirects may lead to. */
  readonly addresses: readonly AddressKind[];
  /** What must not be shown of where they lead to. */
  readonly sent: Pick<SentSecrets, 'redact'>;
}

/** An answer, and whether another server gave it than the registry. */
export type Followed<R> = R & { readonly isElsewhere?: boolean };

/** A request of the way. */
export type Hop = Pick<HttpRequest, 'url' | 'headers' | 'addresses'>;

/**
 * Sends requests until one is answered by something else than a redirect. The first may go wherever the registry is; the
 * others go by https, unless the registry is reached by http, and to no network that the registry is not in.
 *
 * @throws {@link RegistryUnavailableError} for a redirect that is not followed; what `send` throws.
 */
export async function followRedirects<R extends Pick<HttpResponse, 'status' | 'headers'>>(
  start: Start,
  send: (hop: Hop) => Promise<R>,
  discard: (response: R) => void = () => {},
): Promise<Followed<R>> {
  const { url, headers } = start;
  const follow = async (hop: Hop, left: number): Promise<Followed<R>> => {
    const response = await send(hop);
    const location = response.headers.get('location')?.[0];
    if (!REDIRECTS.has(response.status) || location === undefined) {
      return isSameOrigin(hop.url, url) ? response : { ...response, isElsewhere: true };
    }
    discard(response);
    if (left === 0) throw notFollowed(start, `it redirects more than ${MAX_REDIRECTS} times`);
    return follow(nextHop(start, hop, location), left - 1);
  };
  return follow({ url, headers }, MAX_REDIRECTS);
}

function isSameOrigin(url: string, other: string): boolean {
  return new URL(url).origin === new URL(other).origin;
}

function nextHop(start: Start, from: Hop, location: string): Hop {
  if (!URL.canParse(location, from.url)) {
    throw notFollowed(start, 'it redirects to something without URL');
  }
  const url = new URL(location, from.url);
  const isHttps = url.protocol === 'https:';
  if (!isHttps && !(url.protocol === 'http:' && start.url.startsWith('http:'))) {
    throw notFollowed(start, `it redirects to ${shown(start, url.origin)}, which is not https`);
  }
  if (url.username !== '' || url.password !== '') {
    const reason = `it redirects to ${shown(start, url.host)} with a user name or password`;
    throw notFollowed(start, reason);
  }
  // Back at the registry too, as with containerd.
  if (isSameOrigin(url.href, start.url)) return { url: url.href, headers: start.headers };
  const all = Object.entries(start.headers);
  const headers = Object.fromEntries(all.filter(([name]) => ANONYMOUS.has(name)));
  return { url: url.href, headers, addresses: start.addresses };
}

function shown({ sent }: Start, text: string): string {
  return sent.redact(text) ?? 'a URL';
}

function notFollowed({ registry }: Start, reason: string): RegistryUnavailableError {
  return new RegistryUnavailableError({ registry, reason });
}
