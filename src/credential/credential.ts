// What lives here: what a lookup returns, and the small functions that hand it to other programs.
// To add an output format: one function in a file of its own, from Credential to the other program's shape; export it in index.ts.
// Must not be imported here: anything but errors. This room is pure, and nothing in it prints a secret.

import { own } from '../util/own.ts';
import { hideGetters } from '../util/redaction/hide-getters.ts';

/** Where a credential came from. */
export type CredentialSource =
  | {
      readonly kind: 'pull-secret';
      readonly namespace: string;
      readonly name: string;
      readonly uid?: string;
    }
  | { readonly kind: 'docker-config'; readonly path: string }
  | { readonly kind: 'credential-helper'; readonly helper: string; readonly path: string }
  | { readonly kind: 'provider'; readonly provider: string }
  | {
      readonly kind: 'service-account';
      readonly namespace: string;
      readonly name: string;
      readonly uid?: string;
      readonly provider: string;
    };

/**
 * What a {@link Credential} is made of.
 *
 * @internal
 */
export interface CredentialFields {
  readonly username: string;
  readonly password: string;
  readonly email?: string | undefined;
  readonly identityToken?: string | undefined;
  readonly registryToken?: string | undefined;
  readonly serverAddress?: string | undefined;
  readonly expiresAt?: Date | undefined;
  readonly key: string;
  readonly source: CredentialSource;
  /** `username:password` as bytes, kept only where they are not UTF-8 and a string cannot hold them. */
  readonly basicBytes?: Uint8Array | undefined;
  /** The kind of token that stands beside user name and password and does not count, as a kubelet reads none. */
  readonly ignoredToken?: 'identity token' | 'registry token' | undefined;
}

const REDACTED = '[redacted]';

type Inspect = (value: unknown, options: object) => string;

/**
 * One credential that a node would try for an image.
 *
 * Reading a property gives its value; printing the object, in whatever way, shows `[redacted]` for every secret. A
 * class with private fields and not a plain object, so that spreading, cloning and inspecting it cannot reveal them.
 */
export class Credential {
  readonly #fields: CredentialFields;

  static {
    // Node's console and util.inspect ask for this; private fields alone would print as `Credential {}`.
    hideGetters(this.prototype);
    Object.defineProperty(this.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(this: Credential, _depth: number, options: object, inspect: Inspect): string {
        return `Credential ${inspect(this.toJSON(), options)}`;
      },
    });
  }

  private constructor(fields: CredentialFields) {
    this.#fields = own(fields);
  }

  /** @internal */
  static from(fields: CredentialFields): Credential {
    return new Credential(fields);
  }

  get username(): string {
    return this.#fields.username;
  }

  /** The password. May be empty: an empty credential is one that the kubelet tries like any other. */
  get password(): string {
    return this.#fields.password;
  }

  get email(): string | undefined {
    return this.#fields.email;
  }

  /** An OAuth refresh token, to be exchanged at the registry's token server. The kubelet ignores these. */
  get identityToken(): string | undefined {
    return this.#fields.identityToken;
  }

  /** A bearer token to be sent to the registry as it is. The kubelet ignores these. */
  get registryToken(): string | undefined {
    return this.#fields.registryToken;
  }

  /** The server that the credential's source names, where it names one other than by the key. */
  get serverAddress(): string | undefined {
    return this.#fields.serverAddress;
  }

  /** When the credential ends to be valid, where that is known. */
  get expiresAt(): Date | undefined {
    return this.#fields.expiresAt;
  }

  /** The entry that matched, normalised as the kubelet does it: host, port and path prefix, maybe with `*`. */
  get key(): string {
    return this.#fields.key;
  }

  get source(): CredentialSource {
    return this.#fields.source;
  }

  /**
   * `username:password` as bytes: what Basic authentication encodes. It differs from the two strings only where a
   * configuration's `auth` holds bytes that are not UTF-8, which a JavaScript string cannot hold.
   *
   * @internal
   */
  basicBytes(): Uint8Array {
    return this.#fields.basicBytes ?? Buffer.from(`${this.username}:${this.password}`, 'utf8');
  }

  /**
   * The kind of token that its source holds and a kubelet ignores, where it was read by the kubelet's rules.
   *
   * @internal
   */
  ignoredToken(): CredentialFields['ignoredToken'] {
    return this.#fields.ignoredToken;
  }

  /** The credential for printing: every secret is `[redacted]`. */
  toJSON(): Record<string, unknown> {
    const shown: Record<string, unknown> = {
      username: shownUsername(this.#fields),
      password: this.password === '' ? '' : REDACTED,
    };
    if (this.email !== undefined) shown['email'] = this.email;
    if (this.identityToken !== undefined) shown['identityToken'] = REDACTED;
    if (this.registryToken !== undefined) shown['registryToken'] = REDACTED;
    if (this.serverAddress !== undefined) shown['serverAddress'] = this.serverAddress;
    if (this.expiresAt !== undefined) shown['expiresAt'] = this.expiresAt.toJSON();
    shown['key'] = this.key;
    shown['source'] = this.source;
    return shown;
  }

  toString(): string {
    return `Credential ${JSON.stringify(this)}`;
  }
}

/** Some registries take the token as user name and password alike: such a user name is a secret too. */
function shownUsername(fields: CredentialFields): string {
  const secrets = [fields.password, fields.identityToken, fields.registryToken];
  return fields.username !== '' && secrets.includes(fields.username) ? REDACTED : fields.username;
}
