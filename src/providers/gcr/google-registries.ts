// Which registries are Google's: only they, and hosts that the user lists, are ever given a token of Google's.

import { matchTarget } from '../../keyring/match.ts';

/** Google's own cloud. Partners run others ("Trusted Partner Cloud"), with identities and registries of their own. */
export const DEFAULT_UNIVERSE = 'googleapis.com';

const OWN_KEYS: readonly string[] = [
  'container.cloud.google.com',
  'gcr.io',
  '*.gcr.io',
  '*.pkg.dev',
  'docker.*.rep.pkg.dev',
];

const PARTNER_KEYS: readonly string[] = ['docker.*.goog'];

/**
 * The registries of Google's clouds as patterns for `matchImages`: Container Registry, Artifact Registry,
 * its regional endpoints (five labels, which `*.pkg.dev` does not cover), and Trusted Partner Cloud's.
 *
 * Source: cloud-provider-gcp 4e245312 pkg/gcpcredential and providers/gce/gcpcredential (`containerRegistryUrls`),
 * docker-credential-gcr ade502b6 config/const.go (`DefaultARRegistries`).
 */
export const GOOGLE_REGISTRIES: readonly string[] = [...OWN_KEYS, ...PARTNER_KEYS];

/** The keys under which a credential of a cloud is given: its own registries and the listed hosts, no other cloud's. */
export function keysOfUniverse(universe: string, hosts: readonly string[]): readonly string[] {
  return [...new Set([...(universe === DEFAULT_UNIVERSE ? OWN_KEYS : PARTNER_KEYS), ...hosts])];
}

const LABEL = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';

/** The same hosts, anchored at both ends; `.goog` is a top-level domain of Google's own. */
const GOOGLE_HOST = new RegExp(
  `^(?:container\\.cloud\\.google\\.com|(?:${LABEL}\\.)?gcr\\.io|${LABEL}\\.pkg\\.dev` +
    `|docker\\.${LABEL}\\.rep\\.pkg\\.dev|docker\\.${LABEL}\\.goog)$`,
);

/**
 * Whether an image's registry may be given a token: one of Google's on its own port, or a listed one.
 *
 * @param hosts - `host` or `host:port`, in lower case.
 */
export function mayHaveToken(image: string, hosts: readonly string[]): boolean {
  const target = matchTarget(image);
  if (target === undefined) return false;
  const { host, port } = target;
  if (port === '' && GOOGLE_HOST.test(host)) return true;
  return hosts.includes(port === '' ? host : `${host}:${port}`);
}
