// Compiled by `npx tsc`, and by test/package against the packed declarations. Never run.
import type { Credential, CredentialSource } from 'docker-keyring';

declare const credential: Credential;

/** `kind` narrows, and the switch is exhaustive: a new kind makes this file fail to compile. */
export function place(source: CredentialSource): string {
  switch (source.kind) {
    case 'pull-secret':
      return `${source.namespace}/${source.name} ${source.uid ?? ''}`;
    case 'docker-config':
      return source.path;
    case 'credential-helper':
      return `${source.helper} ${source.path}`;
    case 'provider':
      return source.provider;
    case 'service-account':
      return `${source.namespace}/${source.name} ${source.provider}`;
    default: {
      const nothingLeft: never = source;
      return nothingLeft;
    }
  }
}

// @ts-expect-error A path exists only after the kind is known.
export const path: string = credential.source.path;

// @ts-expect-error An e-mail address may be missing.
export const email: string = credential.email;

// @ts-expect-error A credential's fields are read-only.
credential.password = 'other';

// @ts-expect-error A source's fields are read-only.
credential.source.kind = 'provider';

export const fields: [string, string, string, Date | undefined] = [
  credential.username,
  credential.password,
  credential.key,
  credential.expiresAt,
];
