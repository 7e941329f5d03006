// One credential helper as a provider: for dockerHelper(), and for the helpers that configuration files name.

import { HUB, HUB_SERVER } from '../../reference/docker-hub.ts';
import type { System } from '../../system/system.ts';
import { sha256 } from '../../system/sha256.ts';
import type { CredentialProvider, CredentialResponse } from '../contract.ts';
import { ProviderFailure } from '../asking/provider-failure.ts';
import { askHelper } from './protocol.ts';

export interface HelperProviderOptions {
  /** The provider's name. */
  readonly name: string;
  /** `pass` for the program `docker-credential-pass`. */
  readonly helper: string;
  readonly matchImages: readonly string[];
  /** How to do without the helper, for messages: "install it, or …". */
  readonly remedy: string;
  readonly cacheDurationMs: number;
  readonly timeoutMs: number;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly serverFor?: ((image: string) => string) | undefined;
}

/** How long an answer is cached, in milliseconds: helpers give no expiry, and `docker login` changes their credentials. */
export const HELPER_CACHE_MS = 30_000;

/** How long a helper may take, in milliseconds. */
export const HELPER_TIMEOUT_MS = 10_000;

/** Makes the provider; does no I/O. */
export function helperProvider(
  system: Pick<System, 'run'>,
  options: HelperProviderOptions,
): CredentialProvider {
  const { name, matchImages, cacheDurationMs, serverFor, env } = options;
  const environment = env === undefined ? '' : ` ${digest(env)}`;
  return {
    name,
    matchImages,
    defaultCacheDurationMs: cacheDurationMs,
    cacheScope(image) {
      const server = serverOf(image, serverFor);
      return server === undefined ? undefined : `${server}${environment}`;
    },
    // A helper's credentials are this machine's, and asking it is faster than a store.
    cachePrincipal: async () => undefined,
    async provide({ image, signal }) {
      const server = serverOf(image, serverFor);
      if (server === undefined) {
        throw new ProviderFailure(
          "serverFor must give a text of printable ASCII without blanks and quotes, like 'reg.example.com:5000'",
        );
      }
      const entry = await askHelper(system, { ...options, server, signal });
      if (entry === undefined) return undefined;
      const cacheKeyType = serverFor === undefined ? 'Registry' : 'Image';
      return { auth: { [helperServer(image)]: entry }, cacheKeyType };
    },
    // Docker's servers are registries, so that all images of one have the same answer, key and all.
    ...(serverFor === undefined ? {} : { forImage }),
  };
}

/** An answer is for one server; which registry it is used for is the image's. */
function forImage(response: CredentialResponse, image: string): CredentialResponse {
  const key = helperServer(image);
  const entries = Object.values(response.auth).map((entry) => [key, entry] as const);
  return { ...response, auth: Object.fromEntries(entries) };
}

/**
 * The server that Docker asks a helper about for an image: host and port, and for Docker Hub its old URL (docker/cli
 * `cli/config/credentials/native_store.go` and `cli/command/registry.go`).
 *
 * @param image - A normalised name: `docker.io/library/nginx`.
 */
export function helperServer(image: string): string {
  const registry = image.slice(0, image.indexOf('/'));
  return registry === HUB ? HUB_SERVER : registry;
}

/** What a line of a shell can hold between single quotes, as messages show it. */
const SERVER = /^[!-&(-~]+$/;

function serverOf(
  image: string,
  serverFor: HelperProviderOptions['serverFor'] = helperServer,
): string | undefined {
  try {
    const server: unknown = serverFor(image);
    return typeof server === 'string' && SERVER.test(server) ? server : undefined;
  } catch {
    return undefined;
  }
}

/** The environment may choose another store: whoever asks there shares no answer. */
function digest(env: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sha256(JSON.stringify(sorted)).slice(0, 16);
}
