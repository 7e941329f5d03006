// What a registry takes from whoever was let in.

import type { Credential } from '../../credential/credential.ts';
import { hideGetters } from '../../credential/hide-getters.ts';

/** What an {@link Authorization} is made of. */
export interface AuthorizationFields {
  readonly header: string | undefined;
  readonly scheme: 'basic' | 'bearer' | 'none';
  readonly credential: Credential | undefined;
  readonly expiresAt: Date | undefined;
  readonly registry: string;
  readonly url: string;
}

const REDACTED = '[redacted]';

type Inspect = (value: unknown, options: object) => string;

/**
 * The `Authorization` header that a registry accepts for an image, and where it comes from.
 *
 * Reading a property gives its value; printing the object, in whatever way, shows `[redacted]` for the header.
 */
export class Authorization {
  readonly #fields: AuthorizationFields;

  static {
    hideGetters(this.prototype);
    Object.defineProperty(this.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(this: Authorization, _depth: number, options: object, inspect: Inspect): string {
        return `Authorization ${inspect(this.toJSON(), options)}`;
      },
    });
  }

  constructor(fields: AuthorizationFields) {
    this.#fields = fields;
  }

  /** The header's value, `Basic …` or `Bearer …`; `undefined` where the registry lets everybody in. */
  get header(): string | undefined {
    return this.#fields.header;
  }

  get scheme(): 'basic' | 'bearer' | 'none' {
    return this.#fields.scheme;
  }

  /** The credential that was accepted; `undefined` where it went without one. */
  get credential(): Credential | undefined {
    return this.#fields.credential;
  }

  /** When the header ends to be valid, where that is known. */
  get expiresAt(): Date | undefined {
    return this.#fields.expiresAt;
  }

  /** The registry, as the image names it. */
  get registry(): string {
    return this.#fields.registry;
  }

  /** Where the registry's API is, and the image's repository in it: `https://ghcr.io/v2/acme/app`. */
  get url(): string {
    return this.#fields.url;
  }

  /** The authorization for printing: the header is `[redacted]`. */
  toJSON(): Record<string, unknown> {
    const { header, scheme, credential, expiresAt, registry, url } = this.#fields;
    return {
      registry,
      url,
      scheme,
      ...(header === undefined ? {} : { header: REDACTED }),
      ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.toJSON() }),
      ...(credential === undefined ? {} : { credential: credential.toJSON() }),
    };
  }

  toString(): string {
    return `Authorization ${JSON.stringify(this)}`;
  }
}
