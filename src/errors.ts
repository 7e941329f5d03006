// What lives here: every error class of the package, one class and one code each.
// To add one: extend KeyringError, give it a new literal code, add it to AnyKeyringError and to the table in docs/errors.md.
// Must not be imported here: anything outside of this room. And no message may ever hold a secret or quote a document.

import { hideGetters } from './util/redaction/hide-getters.ts';
import { shownReference } from './util/redaction/shown-url.ts';

const BRAND = Symbol.for('docker-keyring.error');

/**
 * What every error of this package is. Distinguish the kinds by `code` (or by `instanceof`).
 *
 * @example
 * ```ts
 * try {
 *   await keyring.lookup(image);
 * } catch (error) {
 *   if (isKeyringError(error) && error.code === 'ERR_KEYRING_REFERENCE_INVALID') showHelp(error.reason);
 * }
 * ```
 */
export abstract class KeyringError extends Error {
  /** The kind of error; stable across releases. */
  abstract readonly code: string;

  static {
    Object.defineProperty(this.prototype, BRAND, { value: true });
  }

  protected constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The text is not an image reference; where this is thrown, the kubelet says `InvalidImageName`. */
export class InvalidReferenceError extends KeyringError {
  override readonly code = 'ERR_KEYRING_REFERENCE_INVALID';
  /** The rejected text, shortened; what may be a secret in it, such as a user and password before an `@`, is `[redacted]`. */
  readonly reference: string;
  /** What is wrong with it, as a phrase. */
  readonly reason: string;

  /** @internal */
  constructor(reference: string, reason: string) {
    const shown = shownReference(reference);
    super(`Invalid image reference ${quote(shown)}: ${reason}`);
    this.reference = shown;
    this.reason = reason;
  }
}

/** A place in a document; lines and columns count from 1, columns in characters. */
export interface DocumentPosition {
  readonly line: number;
  readonly column: number;
}

/**
 * Where in a Docker configuration something is wrong.
 *
 * @internal
 */
export interface ConfigErrorDetails {
  /** The file's absolute path, or the name of the environment variable as `$NAME`. */
  readonly path: string;
  /** What is wrong, as a phrase that quotes nothing of the document. */
  readonly reason: string;
  readonly position?: DocumentPosition | undefined;
  /** The registry entry in which it happened, shortened to what cannot hold a secret. */
  readonly entry?: string | undefined;
}

/** A Docker configuration (`config.json`, `.dockercfg`, `auth.json`) cannot be read or parsed. */
export class ConfigError extends KeyringError {
  override readonly code = 'ERR_KEYRING_CONFIG_INVALID';
  /** The file's absolute path, or the name of the environment variable as `$NAME`. */
  readonly path: string;
  /** What is wrong, as a phrase. */
  readonly reason: string;
  /** Where in the document, when it is a matter of the document. */
  readonly position: DocumentPosition | undefined;
  /** The registry entry in which it happened. */
  readonly entry: string | undefined;

  /** @internal */
  constructor(details: ConfigErrorDetails, options?: ErrorOptions) {
    const { path, reason, position, entry } = details;
    const place = position === undefined ? path : `${path}:${position.line}:${position.column}`;
    super(`${place}: ${entry === undefined ? '' : `entry ${quote(entry)}: `}${reason}`, options);
    this.path = path;
    this.reason = reason;
    this.position = position;
    this.entry = entry;
  }
}

/**
 * Which pull secret is wrong, and where.
 *
 * @internal
 */
export interface PullSecretErrorDetails {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** The data key: `.dockerconfigjson` or `.dockercfg`. */
  readonly key?: string | undefined;
  readonly reason: string;
  readonly position?: DocumentPosition | undefined;
  /** The registry entry in which it happened. */
  readonly entry?: string | undefined;
}

/** A pull secret is malformed. The kubelet fails every pull of a pod that names such a secret. */
export class PullSecretError extends KeyringError {
  override readonly code = 'ERR_KEYRING_PULL_SECRET_INVALID';
  readonly namespace: string | undefined;
  /** The secret's name. `secretName`, because `name` is the error's own. */
  readonly secretName: string | undefined;
  /** The data key: `.dockerconfigjson` or `.dockercfg`. */
  readonly key: string | undefined;
  /** What is wrong, as a phrase. */
  readonly reason: string;
  /** Where in the key's document. */
  readonly position: DocumentPosition | undefined;
  /** The registry entry in which it happened. */
  readonly entry: string | undefined;

  /** @internal */
  constructor(details: PullSecretErrorDetails, options?: ErrorOptions) {
    const { namespace, name, key, reason, position, entry } = details;
    const secret = `${namespace === undefined ? '' : `${namespace}/`}${name ?? '(no name)'}`;
    const place =
      position === undefined ? '' : `, line ${position.line}, column ${position.column}`;
    const where = key === undefined ? '' : `, data[${key}]${place}`;
    const inEntry = entry === undefined ? '' : `entry ${quote(entry)}: `;
    super(`Pull secret ${secret}${where}: ${inEntry}${reason}`, options);
    this.namespace = namespace;
    this.secretName = name;
    this.key = key;
    this.reason = reason;
    this.position = position;
    this.entry = entry;
  }
}

/**
 * What is wrong with a text of manifests, and where.
 *
 * @internal
 */
export interface ManifestErrorDetails {
  /** Where the text comes from, for the message. */
  readonly path?: string | undefined;
  /** What is wrong, as a phrase that quotes nothing of the text. */
  readonly reason: string;
  readonly position: DocumentPosition;
}

/** A text that should hold Kubernetes objects is no YAML or JSON, or holds something else. */
export class ManifestError extends KeyringError {
  override readonly code = 'ERR_KEYRING_MANIFEST_INVALID';
  /** Where the text comes from, when that is known. */
  readonly path: string | undefined;
  /** What is wrong, as a phrase. */
  readonly reason: string;
  readonly position: DocumentPosition;

  /** @internal */
  constructor({ path, reason, position }: ManifestErrorDetails) {
    super(`${path ?? 'manifest'}:${position.line}:${position.column}: ${reason}`);
    this.path = path;
    this.reason = reason;
    this.position = position;
  }
}

/** A credential provider failed; other providers' answers are unaffected. */
export class ProviderError extends KeyringError {
  override readonly code = 'ERR_KEYRING_PROVIDER_FAILED';
  /** The provider's name. */
  readonly provider: string;
  /** The image it was asked about. */
  readonly image: string;
  readonly #original: unknown;

  static {
    hideGetters(this.prototype);
  }

  /** @internal */
  constructor(provider: string, image: string, reason: string, options?: ProviderErrorOptions) {
    super(`Provider ${quote(provider)} failed for ${image}: ${reason}`, options);
    this.provider = provider;
    this.image = image;
    this.#original = options?.original ?? options?.cause;
  }

  /**
   * What the provider threw, as it is. It may hold secrets, in a request or in its headers: nothing prints it by itself,
   * while `cause` is what can be shown.
   */
  get original(): unknown {
    return this.#original;
  }
}

/**
 * What is known beside the reason.
 *
 * @internal
 */
export interface ProviderErrorOptions extends ErrorOptions {
  /** What was thrown, where `cause` is a copy of it. */
  readonly original?: unknown;
}

/** A kubelet plugin, or the kubelet that asks one, does not keep to the credential-provider API. */
export class PluginProtocolError extends KeyringError {
  override readonly code = 'ERR_KEYRING_PLUGIN_PROTOCOL';
  /** The plugin's name. */
  readonly plugin: string;
  /** What is wrong, as a phrase that quotes nothing of what was sent. */
  readonly reason: string;

  /** @internal */
  constructor(plugin: string, reason: string, options?: ErrorOptions) {
    super(`Plugin ${quote(plugin)}: ${reason}`, options);
    this.plugin = plugin;
    this.reason = reason;
  }
}

/**
 * What is wrong in a kubelet's CredentialProviderConfig, and where.
 *
 * @internal
 */
export interface PluginConfigErrorDetails {
  /** The file's absolute path. */
  readonly path: string;
  /** What is wrong, in the kubelet's words where it has some. */
  readonly reason: string;
  readonly position?: DocumentPosition | undefined;
}

/** A kubelet's CredentialProviderConfig cannot be read, or says something that the kubelet refuses. */
export class PluginConfigError extends KeyringError {
  override readonly code = 'ERR_KEYRING_PLUGIN_CONFIG_INVALID';
  readonly path: string;
  readonly reason: string;
  readonly position: DocumentPosition | undefined;

  /** @internal */
  constructor({ path, reason, position }: PluginConfigErrorDetails, options?: ErrorOptions) {
    const place = position === undefined ? path : `${path}:${position.line}:${position.column}`;
    super(`${place}: ${reason}`, options);
    this.path = path;
    this.reason = reason;
    this.position = position;
  }
}

/** A package that is an optional dependency of this one is needed, and not installed. */
export class MissingPackageError extends KeyringError {
  override readonly code = 'ERR_KEYRING_PACKAGE_MISSING';
  /** The package's name. */
  readonly packageName: string;

  /** @internal */
  constructor(packageName: string, options?: ErrorOptions) {
    super(`The package ${packageName} is not installed: run npm install ${packageName}`, options);
    this.packageName = packageName;
  }
}

/** One candidate that a registry refused. */
export interface RefusedCandidate {
  /** Which it was, as a phrase: `secret shop/regcred (registry.example.com)`, `no credentials`. */
  readonly candidate: string;
  /** The credential's source, `undefined` for the anonymous try. */
  readonly source?: Readonly<Record<string, string>> | undefined;
  /** The entry that matched, `undefined` for the anonymous try. */
  readonly key?: string | undefined;
  /** Of the HTTP answer that decided; `undefined` where none was asked. */
  readonly status?: number | undefined;
  /** What the registry or its token server said, as a phrase without secrets. */
  readonly message: string;
}

/**
 * What a registry refused.
 *
 * @internal
 */
export interface RegistryAuthErrorDetails {
  /** The registry's host and, where given, port. */
  readonly registry: string;
  /** The image's name, without tag and digest. */
  readonly image: string;
  /** In the order in which they were tried. */
  readonly attempts: readonly RefusedCandidate[];
}

/** A registry refused every credential that there is for an image. */
export class RegistryAuthError extends KeyringError {
  override readonly code = 'ERR_KEYRING_REGISTRY_AUTH';
  /** The registry's host and, where given, port. */
  readonly registry: string;
  /** The image's name, without tag and digest. */
  readonly image: string;
  /** In the order in which they were tried; the last may be the anonymous try. */
  readonly attempts: readonly RefusedCandidate[];
  /** Of the last answer, where there was one. */
  readonly status: number | undefined;

  /** @internal */
  constructor({ registry, image, attempts }: RegistryAuthErrorDetails, options?: ErrorOptions) {
    const list = attempts.map(
      ({ candidate, message }, index) => `${index + 1}. ${candidate}: ${message}`,
    );
    super(`${registry} refused every candidate for ${image}: ${list.join('; ')}`, options);
    this.registry = registry;
    this.image = image;
    this.attempts = attempts;
    this.status = attempts.at(-1)?.status;
  }
}

/**
 * What is known of a registry that gives no answer to go by.
 *
 * @internal
 */
export interface RegistryUnavailableErrorDetails {
  /** The registry's host and, where given, port. */
  readonly registry: string;
  /** What happened, as a phrase. */
  readonly reason: string;
  /** Of the last HTTP answer, where there was one. */
  readonly status?: number | undefined;
  /** How long it asked to be left alone, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * A registry or its token server cannot be reached, is overloaded or fails, and says nothing of credentials. Thrown after
 * the retries.
 */
export class RegistryUnavailableError extends KeyringError {
  override readonly code = 'ERR_KEYRING_REGISTRY_UNAVAILABLE';
  /** The registry's host and, where given, port. */
  readonly registry: string;
  /** What happened, as a phrase. */
  readonly reason: string;
  /** Of the last HTTP answer, where there was one. */
  readonly status: number | undefined;
  /** How long it asked to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  /** @internal */
  constructor(details: RegistryUnavailableErrorDetails, options?: ErrorOptions) {
    const { registry, reason, status, retryAfterMs } = details;
    super(`${registry} cannot be asked: ${reason}`, options);
    this.registry = registry;
    this.reason = reason;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A registry names a token server to which no credential may be sent. */
export class UnsafeRealmError extends KeyringError {
  override readonly code = 'ERR_KEYRING_REALM_UNSAFE';
  /** The registry's host and, where given, port. */
  readonly registry: string;
  /** The token server's host and, where given, port; `''` where the realm is no URL. */
  readonly realm: string;
  /** What is wrong with it, as a phrase. */
  readonly reason: string;

  /** @internal */
  constructor(registry: string, realm: string, reason: string, options?: ErrorOptions) {
    const where = realm === '' ? '' : ` ${realm}`;
    super(`No credential of ${registry} is sent to its token server${where}: ${reason}`, options);
    this.registry = registry;
    this.realm = realm;
    this.reason = reason;
  }
}

/** Something took longer than its deadline. */
export class TimeoutError extends KeyringError {
  override readonly code = 'ERR_KEYRING_TIMEOUT';
  /** What was being done. */
  readonly operation: string;
  /** The deadline, in milliseconds. */
  readonly timeoutMs: number;

  /** @internal */
  constructor(operation: string, timeoutMs: number, options?: ErrorOptions) {
    super(`${operation} took longer than ${timeoutMs} ms`, options);
    this.operation = operation;
    this.timeoutMs = timeoutMs;
  }
}

/** Every error that this package throws, as a union that `switch (error.code)` narrows. */
export type AnyKeyringError =
  | InvalidReferenceError
  | ConfigError
  | PullSecretError
  | ManifestError
  | ProviderError
  | PluginProtocolError
  | PluginConfigError
  | MissingPackageError
  | RegistryAuthError
  | RegistryUnavailableError
  | UnsafeRealmError
  | TimeoutError;

/**
 * Whether a value is an error of this package, also when two copies of the package are installed.
 *
 * @param value - Anything, usually what a `catch` caught.
 * @returns `true` for a {@link KeyringError} of any installed copy.
 * @example
 * ```ts
 * isKeyringError(new TypeError('no')); // → false
 * ```
 */
export function isKeyringError(value: unknown): value is AnyKeyringError {
  return value instanceof Error && BRAND in value;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 300 ? `${text.slice(0, 300)}…` : text);
}
