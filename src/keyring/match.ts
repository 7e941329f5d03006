// Whether a pattern matches an image (Kubernetes v1.37.2 pkg/credentialprovider/keyring.go, URLsMatch).

import { matchLabel } from '../go/glob.ts';
import { parseSchemeless, toByteString } from '../go/url.ts';
import { splitHostPort, registryPattern, type RegistryPattern } from './registry-key.ts';

/** How a key's path is compared with an image's. */
export type PathMatching = 'prefix' | 'segment';

/** An image's name, ready to be matched. Texts are byte strings, see go-url.ts. */
export interface MatchTarget {
  readonly host: string;
  readonly port: string;
  readonly path: string;
}

/** Why a pattern does not match. */
export type Mismatch = 'port-differs' | 'label-count-differs' | 'path-differs' | 'host-differs';

/**
 * Whether a pattern, such as a `matchImages` entry or a registry key, matches an image: ports are equal, the host has as
 * many labels and each matches (`*` stands for any characters within a label), and the pattern's path is a plain prefix
 * of the image's. A malformed pattern matches nothing.
 *
 * Source: Kubernetes v1.37.2 `pkg/credentialprovider/keyring.go`, URLsMatchStr.
 *
 * @param pattern - Host with globs, port, path; without scheme.
 * @param image - An image's name without tag or digest.
 * @example
 * ```ts
 * matchesImage('*.pkg.dev', 'us-docker.pkg.dev/acme/app'); // → true
 * matchesImage('*.pkg.dev', 'docker.us-east1.rep.pkg.dev/acme/app'); // → false: five labels, not three
 * ```
 */
export function matchesImage(pattern: string, image: string): boolean {
  if (typeof pattern !== 'string' || typeof image !== 'string') {
    throw new TypeError('matchesImage takes two strings: a pattern and an image');
  }
  const parsed = registryPattern(toByteString(pattern));
  const target = matchTarget(image);
  return parsed !== undefined && target !== undefined && mismatch(parsed, target) === undefined;
}

/** Parses an image's name for matching; `undefined` where Go's url.Parse gives an error. */
export function matchTarget(image: string): MatchTarget | undefined {
  const url = parseSchemeless(toByteString(image));
  if (url === undefined) return undefined;
  const [host, port] = splitHostPort(url.host);
  return { host, port, path: url.path };
}

/**
 * The first reason for which a pattern does not match, in the kubelet's order of judging; `undefined` when it does.
 *
 * @param labels - Of the target's host: whoever asks of many patterns splits it once.
 */
export function mismatch(
  pattern: RegistryPattern,
  target: MatchTarget,
  labels: readonly string[] = target.host.split('.'),
): Mismatch | undefined {
  if (pattern.port !== target.port) return 'port-differs';
  const patternLabels = pattern.host.split('.');
  if (patternLabels.length !== labels.length) return 'label-count-differs';
  if (!target.path.startsWith(pattern.path)) return 'path-differs';
  const isMatch = patternLabels.every((label, index) => matchLabel(label, labels[index] as string));
  return isMatch ? undefined : 'host-differs';
}

/** Whether a path that is a prefix of another also ends at a segment of it. */
export function endsAtSegment(prefix: string, path: string): boolean {
  return (
    prefix === '' ||
    prefix.endsWith('/') ||
    prefix.length === path.length ||
    path.charAt(prefix.length) === '/'
  );
}
