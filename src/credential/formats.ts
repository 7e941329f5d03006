// Credentials in the shapes that other programs take.

import { HUB, HUB_KEY, HUB_SERVER } from '../reference/docker-hub.ts';
import type { Credential } from './credential.ts';

/** What authenticates, of a credential or of a provider's answer. */
interface Secrets {
  readonly username: string;
  readonly password: string;
  readonly identityToken?: string | undefined;
  readonly registryToken?: string | undefined;
}

/** Whether it says nothing: it is sent as none (containerd v2.4.2 `internal/cri/server/images/image_pull.go`, ParseAuth). */
export function isEmpty(secrets: Secrets): boolean {
  return secrets.username === '' && secrets.password === '' && !hasToken(secrets);
}

/**
 * Whether only a token authenticates. The user name beside it says nothing: `az acr login` writes
 * `00000000-0000-0000-0000-000000000000` with an empty password, and Docker Hub's and GitLab's logins write an account's.
 */
export function isTokenOnly(secrets: Secrets): boolean {
  return secrets.password === '' && hasToken(secrets);
}

function hasToken({ identityToken = '', registryToken = '' }: Secrets): boolean {
  return identityToken !== '' || registryToken !== '';
}

/**
 * The value of an HTTP `Authorization` header for a registry or its token server: Basic with user name and password, or
 * the registry token as Bearer where the credential has one (RFC 7617, RFC 6750).
 *
 * @returns `undefined` for an empty credential, which is sent as none.
 * @throws TypeError for a credential that has an identity token and no password: such a token must be exchanged for a
 * registry token first and is never sent itself.
 * @example
 * ```ts
 * toAuthorizationHeader(credential); // → 'Basic cm9ib3Q6c2VjcmV0'
 * ```
 */
export function toAuthorizationHeader(credential: Credential): string | undefined {
  if (credential.registryToken) return `Bearer ${credential.registryToken}`;
  if (isEmpty(credential)) return undefined;
  if (isTokenOnly(credential)) {
    throw new TypeError(
      'An identity token cannot be sent as it is: exchange it at the token server',
    );
  }
  return `Basic ${Buffer.from(credential.basicBytes()).toString('base64')}`;
}

/** Docker Engine's `AuthConfig`, which dockerode calls `authconfig`. */
export interface DockerodeAuth {
  readonly username: string;
  readonly password: string;
  readonly serveraddress: string;
  readonly email?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

/**
 * The `authconfig` of dockerode's `pull`, which is Docker Engine's `AuthConfig`.
 *
 * @param serverAddress - The registry that the credential is for; by default what its key names.
 * @example
 * ```ts
 * const [credential] = await keyring.lookup(image);
 * await docker.pull(image, credential ? { authconfig: toDockerodeAuth(credential) } : {});
 * ```
 */
export function toDockerodeAuth(credential: Credential, serverAddress?: string): DockerodeAuth {
  const { username, password, email, identityToken, registryToken } = credential;
  return {
    username,
    password,
    serveraddress: serverAddress ?? serverOf(credential),
    ...(email === undefined ? {} : { email }),
    ...(identityToken === undefined ? {} : { identitytoken: identityToken }),
    ...(registryToken === undefined ? {} : { registrytoken: registryToken }),
  };
}

/**
 * The value of Docker Engine's `X-Registry-Auth` header: base64url, with its padding, which the engine insists on
 * (moby `api/types/registry/authconfig.go`, DecodeAuthConfig).
 *
 * @param serverAddress - As for {@link toDockerodeAuth}.
 * @example
 * ```ts
 * await fetch(engine + '/images/create?fromImage=ghcr.io/acme/app&tag=1', {
 *   method: 'POST',
 *   headers: { 'X-Registry-Auth': toRegistryAuthHeader(credential) },
 * });
 * ```
 */
export function toRegistryAuthHeader(credential: Credential, serverAddress?: string): string {
  return base64Url(JSON.stringify(toDockerodeAuth(credential, serverAddress)));
}

/** With padding, unlike Node's. */
function base64Url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/**
 * The value of Docker Engine's `X-Registry-Config` header, which its builds read: an `AuthConfig` for each registry that the
 * Dockerfile's images may be of. The engine knows one credential for a registry, and no paths: of several, the first is
 * taken, which is the one that a node tries first (moby v28.5.2 `api/server/router/build/build_routes.go`, getAuthConfigs,
 * and `registry/auth.go`, ResolveAuthConfig).
 *
 * @param credentials - Credentials in the order of a lookup, of one image or of several.
 * @param serverAddress - The registry that all of them are for; by default the host that each one's key names.
 * @throws TypeError for a key with a glob, which names no registry: give the `serverAddress`.
 * @example
 * ```ts
 * const credentials = await Promise.all(baseImages.map((image) => keyring.lookup(image)));
 * await fetch(engine + '/build?t=app', {
 *   method: 'POST',
 *   headers: { 'X-Registry-Config': toRegistryConfigHeader(credentials.flat()) },
 *   body: context,
 * });
 * ```
 */
export function toRegistryConfigHeader(
  credentials: readonly Credential[],
  serverAddress?: string,
): string {
  const configs = new Map<string, DockerodeAuth>();
  for (const credential of credentials) {
    const server = serverAddress ?? hostIn(credential.key);
    if (server === '') {
      throw new TypeError(`The key ${credential.key} names no registry: give the serverAddress`);
    }
    if (!configs.has(server)) configs.set(server, toDockerodeAuth(credential, server));
  }
  return base64Url(JSON.stringify(Object.fromEntries(configs)));
}

/** `runtime.v1.AuthConfig` of the Container Runtime Interface. */
export interface CriAuthConfig {
  readonly username: string;
  readonly password: string;
  readonly auth: string;
  readonly serverAddress: string;
  readonly identityToken: string;
  readonly registryToken: string;
}

/**
 * The `auth` of a `PullImageRequest` of the Container Runtime Interface, with the fields that the kubelet fills: it
 * leaves `auth` and `serverAddress` empty (Kubernetes v1.37.2 `pkg/kubelet/kuberuntime/kuberuntime_image.go`). Beside a
 * token and without a password the user name is left out: containerd takes a user name before a token (v2.4.2
 * `internal/cri/server/images/image_pull.go`, ParseAuth).
 *
 * @example
 * ```ts
 * imageService.pullImage({ image: { image }, auth: toCriAuthConfig(credential) }, done);
 * ```
 */
export function toCriAuthConfig(credential: Credential): CriAuthConfig {
  const { username, password, serverAddress, identityToken, registryToken } = credential;
  return {
    username: isTokenOnly(credential) ? '' : username,
    password,
    auth: '',
    serverAddress: serverAddress ?? '',
    identityToken: identityToken ?? '',
    registryToken: registryToken ?? '',
  };
}

/** A key with a glob names no server; the engine then takes the image's own. */
function serverOf({ serverAddress, key }: Credential): string {
  return serverAddress ?? hostIn(key);
}

function hostIn(key: string): string {
  const [host = ''] = key.split('/', 1);
  if (host === HUB || host === HUB_KEY) return HUB_SERVER;
  return host.includes('*') ? '' : host;
}
