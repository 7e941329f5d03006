// Where a credential came from, in a few words.

import type { CredentialSource } from './credential.ts';

/**
 * Describes a source, without secrets: `secret shop/regcred`, `~/.docker/config.json`.
 *
 * @param shown - How a path is shown.
 */
export function describeSource(
  source: CredentialSource,
  shown: (path: string) => string = String,
): string {
  switch (source.kind) {
    case 'pull-secret':
      return `secret ${namespaced(source)}`;
    case 'docker-config':
      return shown(source.path);
    case 'credential-helper':
      return `helper ${source.helper}, named by ${shown(source.path)}`;
    case 'provider':
      return `provider ${source.provider}`;
    default:
      return `provider ${source.provider} for service account ${namespaced(source)}`;
  }
}

/** `namespace/name`, or the name alone. */
export function namespaced(object: {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}): string {
  const name = object.name || '(no name)';
  return object.namespace ? `${object.namespace}/${name}` : name;
}
