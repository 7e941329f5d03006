// Credentials as a config.json, for every program that reads one.

import type { Credential } from './credential.ts';

/** One registry's credential in a `config.json`. */
export interface DockerAuth {
  /** Base64 of `username:password`. */
  readonly auth?: string;
  readonly email?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

/** A `config.json`. Printing it shows no secret; `JSON.stringify` gives the document with its secrets. */
export interface DockerConfigJson {
  readonly auths: Readonly<Record<string, DockerAuth>>;
}

/** What `toDockerConfigJson` can be told. */
export interface DockerConfigJsonOptions {
  /**
   * The name to write for every credential, for programs that know neither globs nor paths.
   *
   * @defaultValue each credential's own key
   */
  readonly server?: string;
}

const HUB_KEY = 'index.docker.io';
/** What docker login and kubectl write for Docker Hub, and the only name under which docker finds it. */
const HUB_SERVER = 'https://index.docker.io/v1/';

/**
 * Credentials as a `config.json` document. Such a document holds one credential for each key: where there are more, the
 * first is taken, which is the one that a node tries first.
 *
 * @param credentials - Credentials in the order of a lookup.
 * @example
 * ```ts
 * const document = toDockerConfigJson(await keyring.lookup('ghcr.io/acme/app'), { server: 'ghcr.io' });
 * await writeFile('config.json', JSON.stringify(document)); // {"auths":{"ghcr.io":{"auth":"…"}}}
 * ```
 */
export function toDockerConfigJson(
  credentials: readonly Credential[],
  { server }: DockerConfigJsonOptions = {},
): DockerConfigJson {
  const auths = new Map<string, DockerAuth>();
  for (const credential of credentials) {
    const key = server ?? (credential.key === HUB_KEY ? HUB_SERVER : credential.key);
    if (!auths.has(key)) auths.set(key, toDockerAuth(credential));
  }
  // fromEntries defines members, so that a key named __proto__ is one like any other.
  const document = { auths: Object.fromEntries(auths) };
  Object.defineProperty(document, Symbol.for('nodejs.util.inspect.custom'), {
    value: () => ({ auths: `[redacted: ${auths.size} entries]` }),
  });
  return document;
}

function toDockerAuth(credential: Credential): DockerAuth {
  const { username, password, email, identityToken, registryToken } = credential;
  const hasPassword = username !== '' || password !== '';
  return {
    ...(hasPassword ? { auth: Buffer.from(credential.basicBytes()).toString('base64') } : {}),
    ...(email === undefined ? {} : { email }),
    ...(identityToken === undefined ? {} : { identitytoken: identityToken }),
    ...(registryToken === undefined ? {} : { registrytoken: registryToken }),
  };
}
