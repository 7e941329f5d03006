// Credentials as a config.json, for every program that reads one.

import { HUB_KEY, HUB_SERVER } from '../reference/docker-hub.ts';
import { own } from '../util/own.ts';
import { compareBy, comparedForm, secretMark } from './compared.ts';
import type { Credential } from './credential.ts';
import { hideGetters } from '../util/redaction/hide-getters.ts';
import { refuseUnknown } from '../util/option-checks.ts';

/** One registry's credential in a `config.json`. */
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
 * A `config.json`. `JSON.stringify` gives the document with its secrets, and reading `auths` gives its entries. Printing it
 * shows none, in whatever way, and neither does a copy of it by spreading or `structuredClone`. Two compare by their entries,
 * secrets included.
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
  refuseUnknown('toDockerConfigJson', options, { server: true });
  const { server } = own(options);
  const auths = new Map<string, DockerAuth>();
  for (const credential of credentials) {
    const key = server ?? (credential.key === HUB_KEY ? HUB_SERVER : credential.key);
    if (!auths.has(key)) auths.set(key, hidden(fieldsOf(credential)));
  }
  return new HiddenDocument(auths);
}

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** An entry that somebody has read is plain data; that it is logged whole may still be an accident. */
function hidden<T extends object>(object: T): T {
  return Object.defineProperty(object, INSPECT, { value: () => '[redacted]' });
}

/** A class with a private field for the reason that {@link Credential} is one. */
class HiddenDocument implements DockerConfigJson {
  readonly #auths: DockerConfigJson['auths'];

  static {
    hideGetters(this.prototype);
    Object.defineProperty(this.prototype, INSPECT, {
      value(this: HiddenDocument): object {
        return { auths: `[redacted: ${Object.keys(this.#auths).length} entries]` };
      },
    });
  }

  constructor(auths: ReadonlyMap<string, DockerAuth>) {
    // fromEntries defines members, so that a key named __proto__ is one like any other.
    this.#auths = Object.fromEntries(auths);
    compareBy(this, () => {
      const marks = Array.from(auths, ([key, entry]) => [key, secretMark(JSON.stringify(entry))]);
      return { auths: Object.fromEntries(marks) as object };
    });
  }

  /** `undefined` in what matchers make of it for their diffs. */
  get auths(): DockerConfigJson['auths'] {
    return (#auths in this ? this.#auths : undefined) as DockerConfigJson['auths'];
  }

  toJSON(): object {
    return #auths in this ? { auths: this.#auths } : comparedForm(this);
  }
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
