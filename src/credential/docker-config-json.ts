// Credentials as a config.json, for every program that reads one.

import { own } from '../errors/own.ts';
import type { Credential } from './credential.ts';
import { hideGetters } from './hide-getters.ts';

/**
 * One registry's credential in a `config.json`. `JSON.stringify` and its properties give its secrets; printing, spreading
 * and `structuredClone` do not.
 */
export interface DockerAuth {
  /** Base64 of `username:password`. */
  readonly auth?: string;
  /** In place of `auth`, for a user name with a colon, which `auth` cannot hold. */
  readonly username?: string;
  /** Beside `username`. */
  readonly password?: string;
  readonly email?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

/**
 * A `config.json`. `JSON.stringify` gives the document with its secrets; printing shows none, and neither does a copy of
 * it that spreading or `structuredClone` made.
 */
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
  options: DockerConfigJsonOptions = {},
): DockerConfigJson {
  const { server } = own(options);
  const auths = new Map<string, DockerAuth>();
  for (const credential of credentials) {
    const key = server ?? (credential.key === HUB_KEY ? HUB_SERVER : credential.key);
    if (!auths.has(key)) auths.set(key, hiddenAuth(fieldsOf(credential)));
  }
  // fromEntries defines members, so that a key named __proto__ is one like any other.
  const document = { auths: Object.fromEntries(auths) };
  Object.defineProperty(document, Symbol.for('nodejs.util.inspect.custom'), {
    value: () => ({ auths: `[redacted: ${auths.size} entries]` }),
  });
  return document;
}

function fieldsOf(credential: Credential): DockerAuth {
  const { email, identityToken, registryToken } = credential;
  return {
    ...basicFields(credential),
    ...(email === undefined ? {} : { email }),
    ...(identityToken === undefined ? {} : { identitytoken: identityToken }),
    ...(registryToken === undefined ? {} : { registrytoken: registryToken }),
  };
}

/**
 * Whoever decodes `auth` splits it at the first colon. The kubelet (Kubernetes v1.37.2
 * pkg/credentialprovider/config.go, UnmarshalJSON) and docker read `username` and `password` where there is no `auth`.
 */
function basicFields(credential: Credential): DockerAuth {
  const { username, password } = credential;
  if (username === '' && password === '') return {};
  if (username.includes(':')) return { username, password };
  return { auth: Buffer.from(credential.basicBytes()).toString('base64') };
}

/** Reads like the fields, of which those that are missing are `undefined`. */
function hiddenAuth(fields: DockerAuth): DockerAuth {
  return new HiddenAuth(fields) as DockerAuth;
}

/** Secrets in private fields, like {@link Credential}'s. */
class HiddenAuth {
  readonly #fields: DockerAuth;

  static {
    hideGetters(this.prototype);
    Object.defineProperty(this.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value: () => '[redacted]',
    });
  }

  constructor(fields: DockerAuth) {
    this.#fields = own(fields);
  }

  get auth(): string | undefined {
    return this.#fields.auth;
  }

  get username(): string | undefined {
    return this.#fields.username;
  }

  get password(): string | undefined {
    return this.#fields.password;
  }

  get email(): string | undefined {
    return this.#fields.email;
  }

  get identitytoken(): string | undefined {
    return this.#fields.identitytoken;
  }

  get registrytoken(): string | undefined {
    return this.#fields.registrytoken;
  }

  toJSON(): DockerAuth {
    return { ...this.#fields };
  }
}
