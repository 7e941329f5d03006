// Which proxy the environment names for a URL. What npm, and most other programs of Node, obey.

import { HttpFailure } from './http-failure.ts';
import { isInNoProxy } from './no-proxy.ts';

/** A proxy, its credentials apart, so that nothing that prints its URL shows them. */
export interface Proxy {
  readonly url: URL;
  /** The value of `Proxy-Authorization`. */
  readonly authorization: string | undefined;
}

let reader: Promise<typeof import('proxy-from-env')> | undefined;

const VARIABLES = /^(?:npm_config_)?(?:(?:https?|all)_)?proxy$/i;

/** This machine, and the metadata servers of the clouds: each machine has its own, to which no proxy can lead. */
const OWN_HOSTS = [
  // Go makes the same exception: golang.org/x/net/http/httpproxy.
  /^(?:.*\.)?localhost\.?$|^127\.\d+\.\d+\.\d+$|^\[::1\]$/,
  /^169\.254\.\d+\.\d+$|^\[fe80:|^\[fd00:ec2:/,
  /^metadata\.google\.internal\.?$/,
];

/**
 * The proxy for a URL by `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` (upper or lower case): no proxy for what
 * `NO_PROXY` names for Go, or for npm, which takes blanks for commas too. None for this machine itself and the metadata servers of the clouds.
 *
 * @throws {@link HttpFailure} when it is not an HTTP proxy's URL.
 */
export async function proxyFor(target: URL): Promise<Proxy | undefined> {
  if (OWN_HOSTS.some((pattern) => pattern.test(target.hostname))) return undefined;
  if (isInNoProxy(target, process.env['NO_PROXY'] ?? process.env['no_proxy'] ?? ''))
    return undefined;
  reader ??= import('proxy-from-env');
  const named = (await reader).getProxyForUrl(target.href);
  return named === '' ? undefined : parseProxy(withScheme(named));
}

/** `proxy:3128` means HTTP, as for curl and Go, whatever the scheme of the target is. */
function withScheme(named: string): string {
  const isWritten = Object.entries(process.env).some(
    ([name, value]) => VARIABLES.test(name) && value === named,
  );
  return isWritten ? named : named.replace(/^https?:/, 'http:');
}

function parseProxy(text: string): Proxy {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new HttpFailure(
      'the proxy that the environment names for it is not an http:// or https:// URL: correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY',
    );
  }
  const authorization = authorizationOf(url);
  url.username = '';
  url.password = '';
  return { url, authorization };
}

function authorizationOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const credentials = `${decode(username)}:${decode(password)}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

/** People forget to encode a percent sign. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What the proxy itself is to be told. */
export function proxyHeaders({ authorization }: Proxy): Record<string, string> {
  return authorization === undefined ? {} : { 'Proxy-Authorization': authorization };
}
