// What lives here: what an image's name means: its parts and defaults, its pull policy, who may use a copy on the node.
// To add a rule: one file named after its function, naming the Kubernetes file that it follows; vectors before code.
// Must not be imported here: anything but errors.ts. This room is pure.

import { InvalidReferenceError } from '../errors.ts';
import { isIdentifier, scanReference } from './scan-reference.ts';

const DEFAULT_DOMAIN = 'docker.io';
const LEGACY_DEFAULT_DOMAIN = 'index.docker.io';
const OFFICIAL_PREFIX = 'library/';

/** An image reference, taken apart and completed with the defaults that the kubelet adds. */
export interface ImageReference {
  /** The registry's host and, where given, port: `docker.io`, `localhost:5000`. */
  readonly registry: string;
  /** The repository within the registry: `library/nginx`. */
  readonly repository: string;
  /** What the kubelet looks up: registry and repository. */
  readonly name: string;
  /** The tag; `latest` when the text has neither tag nor digest. */
  readonly tag?: string;
  readonly digest?: string;
}

/**
 * Takes an image reference apart, exactly as the kubelet does (`ParseImageName`, Kubernetes v1.37.2
 * `pkg/util/parsers/parsers.go`, over distribution/reference v0.6.0 `normalize.go`).
 *
 * @param text - What stands in a pod's `image` field.
 * @throws {@link InvalidReferenceError} where the kubelet says `InvalidImageName`.
 * @example
 * ```ts
 * parseImageReference('nginx');
 * // → { registry: 'docker.io', repository: 'library/nginx', name: 'docker.io/library/nginx', tag: 'latest' }
 * ```
 */
export function parseImageReference(text: string): ImageReference {
  if (typeof text !== 'string') throw new TypeError('An image reference must be a string');
  if (isIdentifier(text)) {
    throw new InvalidReferenceError(
      text,
      '64 hexadecimal digits are an image identifier, not a name',
    );
  }
  const scanned = scanReference(normalize(text));
  if (typeof scanned === 'string') throw new InvalidReferenceError(text, scanned);

  const { name, tag, digest } = scanned;
  // Where the first component cannot be a host (my_registry.io/app) the kubelet's keyring still takes it for one.
  const slash = name.indexOf('/');
  const registry = name.slice(0, slash);
  const repository = name.slice(slash + 1);
  if (digest === '') return { registry, repository, name, tag: tag === '' ? 'latest' : tag };
  return tag === ''
    ? { registry, repository, name, digest }
    : { registry, repository, name, tag, digest };
}

/** Adds what Docker Hub's short names leave out: normalize.go, splitDockerDomain. */
function normalize(text: string): string {
  const slash = text.indexOf('/');
  if (slash < 0) return `${DEFAULT_DOMAIN}/${OFFICIAL_PREFIX}${text}`;
  if (text.startsWith(`${DEFAULT_DOMAIN}/`) || text.startsWith(`${LEGACY_DEFAULT_DOMAIN}/`)) {
    const rest = text.slice(slash + 1);
    return `${DEFAULT_DOMAIN}/${rest.includes('/') ? '' : OFFICIAL_PREFIX}${rest}`;
  }
  return isDomainLike(text, slash) ? text : `${DEFAULT_DOMAIN}/${text}`;
}

function isDomainLike(text: string, slash: number): boolean {
  const dot = text.indexOf('.');
  if (dot >= 0 && dot < slash) return true;
  const first = text.slice(0, slash);
  // Repositories are lower case, so that an upper-case first component can only be a host.
  return first === 'localhost' || first.includes(':') || first.toLowerCase() !== first;
}
