// What a provider has given away as secrets, so that its own messages can be shown without them.

import { PART } from './each-part.ts';
import { markSecrets, REDACTED, withoutMarked } from './mark-secrets.ts';

/** Older ones are forgotten beyond this many characters: tokens that were replaced so often have ended. */
const MAX_CHARACTERS = 512 * 1024;
/** Longer texts are cut: a message is a sentence or two, a stack some more. */
const MAX_TEXT = 4000;

/** Names of options, fields and variables that hold secrets. */
const SECRET_NAME =
  '[\\w-]*(?:token|secret|password|passwd|assertion|signature|authorization|sig|key)';

/**
 * What looks like a secret whether or not it was ever seen: what stands before it, and itself. Each begins with something
 * that is rare and has a bounded end, so that the search takes time in proportion to the text.
 */
const SECRET_SHAPES: readonly RegExp[] = [
  /\b((?:bearer|basic)\s+)([\w+/=.~-]{6,})/gi,
  /(\b)(eyJ[\w-]{8,}(?:\.[\w-]+){0,4})/g,
  // In a URL, and in `user:password@host`. What stands before a digest is an image's tag.
  /(:\/\/)([^\s/@]+)(?=@)/g,
  /(\b[\w.%+-]{1,64}:)([^\s/@:"']{1,128})(?=@(?!sha\d+:))/g,
  // What JSON.parse quotes of its text: Unexpected token 'x', ..."word": x"... is not valid JSON.
  /(Unexpected token )([^]{1,200}?)(?= is not valid JSON)/g,
  new RegExp(`((?:[?&;]|\\s|^)${SECRET_NAME}=)([^\\s&;"']+)`, 'gi'),
  new RegExp(`((?:\\s|^)--?${SECRET_NAME}\\s+)(\\S+)`, 'gi'),
  new RegExp(`("${SECRET_NAME}"\\s*:\\s*")((?:[^"\\\\]|\\\\.)+)`, 'gi'),
];

/** Whether a member's name says that its value is a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAMED.test(name);
}

/** Of members; a `key` or `sig` alone is mostly none there. */
const SECRET_NAMED =
  /token|secret|passw|authorization|cookie|signature|(?:api|access|private).?key/i;

/** A memory of secrets. */
export interface SecretMemory {
  /**
   * Remembers a secret, or all of one answer, however many. Of earlier ones the oldest are forgotten, beyond half a million
   * characters together.
   */
  readonly remember: (given: string | undefined | Iterable<string | undefined>) => void;
  /** Whether a text holds what {@link redact} would take out, whatever its length. */
  readonly isIn: (text: string) => boolean;
  /**
   * A text without the secrets, or parts of eight and more characters of them, as they are or in base64, a URL or JSON.
   * What is longer than 4,000 characters is cut.
   */
  readonly redact: (text: string) => string;
}

/** The user name and password, or the tokens, of a credential. */
export interface SecretBearer {
  readonly username: string;
  readonly password: string;
  readonly identityToken?: string | undefined;
  readonly registryToken?: string | undefined;
}

/** The secrets of credentials. */
export function secretsOf(credentials: readonly SecretBearer[]): readonly (string | undefined)[] {
  return credentials.flatMap(({ username, password, identityToken, registryToken }) => [
    password,
    identityToken,
    registryToken,
    // Of a long one the index knows base64 behind whatever user name.
    password !== '' && password.length < 2 * PART ? `${username}:${password}` : undefined,
  ]);
}

/** Makes an empty memory. */
export function createSecretMemory(): SecretMemory {
  const secrets = new Set<string>();
  let characters = 0;

  function forget(secret: string): void {
    if (secrets.delete(secret)) characters -= secret.length;
  }

  function add(secret: string): void {
    // The last one is the newest.
    forget(secret);
    secrets.add(secret);
    characters += secret.length;
  }

  return {
    remember(given) {
      const current = new Set(typeof given === 'object' ? given : [given]);
      for (const secret of current) if (secret !== undefined && secret !== '') add(secret);
      for (const secret of secrets) {
        if (characters <= MAX_CHARACTERS || current.has(secret)) break;
        forget(secret);
      }
    },
    isIn: (text) =>
      markSecrets(text, secrets) !== undefined ||
      SECRET_SHAPES.some((shape) => text.search(shape) >= 0),
    redact(text) {
      const cut = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
      const marks = markSecrets(cut, secrets);
      let shown = marks === undefined ? cut : withoutMarked(cut, marks);
      for (const shape of SECRET_SHAPES) shown = shown.replace(shape, `$1${REDACTED}`);
      return shown;
    },
  };
}
