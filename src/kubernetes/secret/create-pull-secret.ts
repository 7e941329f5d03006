import { own } from '../../util/own.ts';
import { encodeJson, encodeText } from '../../go/encode-json.ts';
import { isText, refuseUnknown } from '../../util/option-checks.ts';
import { HUB_SERVER } from '../../reference/docker-hub.ts';
import { sha256 } from '../../system/sha256.ts';
import type { PullSecret } from '../pull-secret.ts';

/** What {@link createPullSecret} makes a Secret of; the options of `kubectl create secret docker-registry`. */
export interface CreatePullSecretOptions {
  /** The secret's name. Not checked, as in kubectl: that is for `validatePullSecret` and the API server. */
  readonly name: string;
  /**
   * The namespace. Without one, whoever applies the secret decides.
   *
   * @defaultValue none
   */
  readonly namespace?: string | undefined;
  /**
   * The registry: the key in the configuration.
   *
   * @defaultValue Docker Hub, `https://index.docker.io/v1/`
   */
  readonly server?: string | undefined;
  /** The user name; as bytes where it isn't UTF-8. */
  readonly username?: string | Uint8Array | undefined;
  /** The password or token; as bytes where it isn't UTF-8. */
  readonly password?: string | Uint8Array | undefined;
  readonly email?: string | undefined;
  /** A whole `config.json` to be used as it is, in place of server, user name, password and email (`--from-file`). */
  readonly dockerConfig?: string | Uint8Array | undefined;
  /**
   * Whether to append a hash of the content to the name (`--append-hash`).
   *
   * @defaultValue `false`
   */
  readonly appendHash?: boolean | undefined;
}

/** What {@link createPullSecrets} makes Secrets of. */
export interface CreatePullSecretsOptions extends Omit<CreatePullSecretOptions, 'namespace'> {
  /** The namespaces that get the secret; one that is named twice gets it once. */
  readonly namespaces: readonly string[];
}

/** A Secret as kubectl makes it. */
export interface CreatedPullSecret {
  readonly kind: 'Secret';
  readonly apiVersion: 'v1';
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
  };
  readonly data: Readonly<Record<'.dockerconfigjson', string>>;
  readonly type: 'kubernetes.io/dockerconfigjson';
}

/**
 * Makes the Secret that `kubectl create secret docker-registry … --dry-run=client` makes.
 *
 * The order of the properties is kubectl's too, so that {@link formatPullSecret} gives its output byte for byte.
 * Follows kubectl v1.37.2, `pkg/cmd/create/create_secret_docker.go`.
 *
 * @param options - The secret's name, and either a `dockerConfig` or a `username` and a `password`.
 * @returns The Secret as a plain object, which holds the password.
 * @throws TypeError when the name, the user name, the password or the server is missing or empty.
 * @example
 * ```ts
 * const secret = createPullSecret({ name: 'regcred', server: 'r.test', username: 'robot', password });
 * await writeFile('regcred.json', formatPullSecret(secret), { mode: 0o600 });
 * ```
 */
export function createPullSecret(options: CreatePullSecretOptions): CreatedPullSecret {
  refuseUnknown('createPullSecret', options, {
    name: true,
    namespace: true,
    server: true,
    username: true,
    password: true,
    email: true,
    dockerConfig: true,
    appendHash: true,
  });
  const { name, namespace = '', appendHash = false, ...content } = own(options);
  requireText('name', name);
  requireString('namespace', namespace);
  const data = Buffer.from(dockerConfigOf(own(content))).toString('base64');
  const shownName = name.toWellFormed();
  return {
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: {
      name: appendHash ? `${shownName}-${contentHash(shownName, data)}` : shownName,
      ...(namespace === '' ? {} : { namespace: namespace.toWellFormed() }),
    },
    data: { '.dockerconfigjson': data },
    type: 'kubernetes.io/dockerconfigjson',
  };
}

/**
 * Makes the same Secret for several namespaces: a pod can only name those of its own.
 *
 * @param options - As for {@link createPullSecret}, with `namespaces` in place of `namespace`.
 * @returns A Secret for each namespace, in their order.
 * @throws TypeError as {@link createPullSecret}, and when `namespaces` is no list of names, or an empty one.
 * @example
 * ```ts
 * const secrets = createPullSecrets({ name: 'regcred', namespaces: ['shop', 'jobs'], username: 'robot', password });
 * await writeFile('regcred.json', formatPullSecrets(secrets), { mode: 0o600 });
 * ```
 */
export function createPullSecrets({
  namespaces,
  ...options
}: CreatePullSecretsOptions): readonly CreatedPullSecret[] {
  const areNames =
    Array.isArray(namespaces) && namespaces.length > 0 && namespaces.every((one) => isText(one));
  if (!areNames) throw new TypeError('createPullSecrets: namespaces must be a list of names');
  return [...new Set(namespaces)].map((namespace) => createPullSecret({ ...options, namespace }));
}

/**
 * Prints a Secret as `kubectl … -o json` does: with four spaces, in the object's own order, and with Go's escapes.
 *
 * @param secret - The Secret, whose values are printed as they are.
 * @returns The JSON text, with a newline at its end.
 * @example
 * ```ts
 * process.stdout.write(formatPullSecret(createPullSecret({ name: 'regcred', username, password })));
 * ```
 */
export function formatPullSecret(secret: PullSecret): string {
  return format(secret);
}

/**
 * Prints Secrets as one text that `kubectl apply` takes: a `List`, in the form of {@link formatPullSecret}; one alone is
 * printed as that does it.
 *
 * @param secrets - The Secrets, whose values are printed as they are.
 * @returns The JSON text, with a newline at its end.
 * @example
 * ```ts
 * process.stdout.write(formatPullSecrets(createPullSecrets({ name: 'regcred', namespaces, username, password })));
 * ```
 */
export function formatPullSecrets(secrets: readonly PullSecret[]): string {
  const [only] = secrets;
  if (secrets.length === 1 && only !== undefined) return formatPullSecret(only);
  return format({ kind: 'List', apiVersion: 'v1', metadata: {}, items: secrets });
}

function format(object: object): string {
  return `${encodeJson(object, 4)}\n`;
}

function dockerConfigOf(options: Omit<CreatePullSecretOptions, 'name'>): string | Uint8Array {
  if (options.dockerConfig !== undefined) return requireData('dockerConfig', options.dockerConfig);
  const { username, password, server = HUB_SERVER, email = '' } = options;
  requireCredential('username', username);
  requireCredential('password', password);
  requireText('server', server);
  requireString('email', email);

  const auth = Buffer.concat([bytesOf(username), Buffer.from(':'), bytesOf(password)]);
  const entry = [
    `"username":${encodeText(username)}`,
    `"password":${encodeText(password)}`,
    ...(email === '' ? [] : [`"email":${encodeText(email)}`]),
    `"auth":"${auth.toString('base64')}"`,
  ];
  return `{"auths":{${encodeText(server)}:{${entry.join(',')}}}}`;
}

/** kubectl's pkg/util/hash/hash.go: 40 bits in an alphabet without vowels, so that no word comes of it. */
function contentHash(name: string, data: string): string {
  const content = `{"data":{".dockerconfigjson":"${data}"},"kind":"Secret","name":${encodeText(name)},"type":"kubernetes.io/dockerconfigjson"}`;
  const digits = sha256(content).slice(0, 10);
  return digits.replace(/[013ae]/g, (digit) => 'ghkmt'.charAt('013ae'.indexOf(digit)));
}

function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
}

function requireString(option: string, value: unknown): void {
  if (typeof value !== 'string')
    throw new TypeError(`createPullSecret: ${option} must be a string`);
}

function requireText(option: string, value: unknown): void {
  requireString(option, value);
  if (value === '') throw new TypeError(`createPullSecret: ${option} must not be empty`);
}

function requireData(option: string, value: unknown): string | Uint8Array {
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  throw new TypeError(`createPullSecret: ${option} must be a string or a Uint8Array`);
}

function requireCredential(
  option: string,
  value: string | Uint8Array | undefined,
): asserts value is string | Uint8Array {
  if (value === undefined) {
    throw new TypeError(
      `createPullSecret: ${option} is missing: either dockerConfig or both username and password are required`,
    );
  }
  if (requireData(option, value).length === 0) {
    throw new TypeError(`createPullSecret: ${option} must not be empty`);
  }
}
