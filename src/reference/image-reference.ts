// What lives here: what an image's name means: its parts and defaults, its pull policy, who may use a copy on the node.
// To add a rule: one file named after its function, naming the Kubernetes file that it follows; vectors before code.
// Must not be imported here: anything but errors.ts. This room is pure.

import { HUB, HUB_KEY } from './docker-hub.ts';
import { InvalidReferenceError } from '../errors.ts';
import { isIdentifier, scanReference, type ScannedReference } from './scan-reference.ts';

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
  const { name, tag, digest } = completeReference(text);
  // Where the first component cannot be a host (my_registry.io/app) the kubelet's keyring still takes it for one.
  const slash = name.indexOf('/');
  return {
    registry: name.slice(0, slash),
    repository: name.slice(slash + 1),
    name,
    ...(tag === '' && digest !== '' ? {} : { tag: tag === '' ? 'latest' : tag }),
    ...(digest === '' ? {} : { digest }),
  };
}

/**
 * The same without the default tag and without taking the name apart: what a lookup needs.
 *
 * @throws {@link InvalidReferenceError}
 */
export function completeReference(text: string): ScannedReference {
  if (typeof text !== 'string') throw new TypeError('An image reference must be a string');
  if (isIdentifier(text)) {
    const reason = '64 hexadecimal digits are an image identifier, not a name';
    throw new InvalidReferenceError(text, reason);
  }
  const scanned = scanReference(addDefaults(text));
  if (typeof scanned === 'string') {
    throw new InvalidReferenceError(text, frequentMistake(text) ?? scanned);
  }
  return scanned;
}

/** What the grammar sees in these is not what went wrong. */
function frequentMistake(text: string): string | undefined {
  if (text === '') return 'it is empty';
  if (text.trim() !== text) return 'it begins or ends with white space';
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text);
  return scheme === null ? undefined : `it is a URL, not an image's name: leave ${scheme[0]} out`;
}

/** Adds what Docker Hub's short names leave out: normalize.go, splitDockerDomain. */
function addDefaults(text: string): string {
  const slash = text.indexOf('/');
  if (slash < 0) return `${HUB}/library/${text}`;
  const domain = text.slice(0, slash);
  if (domain === HUB || domain === HUB_KEY) {
    const rest = text.slice(slash + 1);
    return rest.includes('/') ? `${HUB}/${rest}` : `${HUB}/library/${rest}`;
  }
  return isDomainLike(text, slash) ? text : `${HUB}/${text}`;
}

function isDomainLike(text: string, slash: number): boolean {
  const dot = text.indexOf('.');
  if (dot >= 0 && dot < slash) return true;
  const first = text.slice(0, slash);
  // Repositories are lower case, so that an upper-case first component can only be a host.
  return first === 'localhost' || first.includes(':') || first.toLowerCase() !== first;
}
