// Inputs of a keyring, written briefly.

import type { Credential, CredentialProvider, CredentialResponse } from '../../../src/index.ts';
import type { PullSecret } from '../../../src/kubernetes/index.ts';

/** Base64 of `name:password`, as an `auth` field has it. */
export function auth(username: string, password = 'p'): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

/** A `config.json` of registries and the user names for them. */
export function configOf(users: Readonly<Record<string, string>>): string {
  const entries = Object.entries(users).map(([key, user]) => [key, { auth: auth(user) }] as const);
  return JSON.stringify({ auths: Object.fromEntries(entries) });
}

/** A pull secret of registries and the user names for them. */
export function secretOf(name: string, users: Readonly<Record<string, string>>): PullSecret {
  return secretWith(name, configOf(users));
}

/** A pull secret that holds a document. */
export function secretWith(name: string, document: string): PullSecret {
  return {
    metadata: { namespace: 'ns', name, uid: `uid-${name}` },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(document).toString('base64') },
  };
}

/** A provider, and the images that it was asked for. */
export interface FakeProvider extends CredentialProvider {
  readonly asked: string[];
}

/** A provider that answers with user names for registries, or in its own way. */
export function providerOf(
  name: string,
  answer: Readonly<Record<string, string>> | CredentialProvider['provide'],
  matchImages: readonly string[] = ['*.test'],
): FakeProvider {
  const asked: string[] = [];
  return {
    name,
    matchImages,
    asked,
    provide(request) {
      asked.push(request.image);
      return typeof answer === 'function' ? answer(request) : Promise.resolve(responseOf(answer));
    },
  };
}

/** A provider's answer of registries and the user names for them. */
export function responseOf(users: Readonly<Record<string, string>>): CredentialResponse {
  const entries = Object.entries(users).map(([key, username]) => {
    return [key, { username, password: 'p' }] as const;
  });
  return { auth: Object.fromEntries(entries), cacheKeyType: 'Registry' };
}

/** The user names of credentials, in order. */
export function userNames(credentials: readonly Credential[]): string[] {
  return credentials.map(({ username }) => username);
}
