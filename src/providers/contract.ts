// What lives here: the provider contract, which has the shape of the kubelet's own credential-provider API, and the
// code that asks providers. To add one: a folder of its own with a factory that returns a CredentialProvider.
// Must not be imported here: kubernetes/, registry/, create-keyring.ts and what is below them.

/** What a provider is asked. Source: k8s.io/kubelet v0.37.2 pkg/apis/credentialprovider/v1/types.go. */
export interface CredentialRequest {
  /** The normalised image name without tag or digest, as the kubelet sends it: `docker.io/library/nginx`. */
  readonly image: string;
  /** A token of the pod's service account, where the caller gave one. */
  readonly serviceAccountToken?: string;
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
  /** Ends the request: at its deadline, when the caller of `lookup` gives up, or at `close()`. */
  readonly signal: AbortSignal;
}

/** A user name and password, or a token, for the images that a key matches. */
export interface CredentialResponseEntry {
  readonly username: string;
  readonly password: string;
  readonly identityToken?: string;
  readonly registryToken?: string;
  /** What `docker login` once asked for; nothing but a few old tools looks at it. */
  readonly email?: string;
}

/** What a provider answers. Source: k8s.io/kubelet v0.37.2 pkg/apis/credentialprovider/v1/types.go. */
export interface CredentialResponse {
  /** Credentials by registry key: host with globs, port, path prefix, as in a `config.json`. */
  readonly auth: Readonly<Record<string, CredentialResponseEntry>>;
  /** What the answer is good for: this image, every image of its registry, or every image. */
  readonly cacheKeyType: 'Image' | 'Registry' | 'Global';
  /** When the credentials end to be valid. */
  readonly expiresAt?: Date;
  /**
   * How long the answer may be kept, in milliseconds, whether or not the credentials live longer; 0 means not at all.
   *
   * @defaultValue until shortly before `expiresAt`; without that, the provider's `defaultCacheDurationMs`
   */
  readonly cacheDurationMs?: number;
  /**
   * Why the request's service-account token was not used, as a phrase; present where the credentials are the machine's own
   * all the same. Their source is then the provider, and `explain` warns.
   */
  readonly serviceAccountTokenUnused?: string;
}

/**
 * How a provider works with tokens of the pod's service account, as `tokenAttributes` of a kubelet's
 * CredentialProviderConfig. Source: k8s.io/kubelet v0.37.2 config/v1/types.go, ServiceAccountTokenAttributes.
 */
export interface ServiceAccountTokenAttributes {
  /** The audience of the tokens. */
  readonly serviceAccountTokenAudience: string;
  /** Whether an answer is good for the service account, or only for the one token that it was asked with. */
  readonly cacheType: 'ServiceAccount' | 'Token';
  /** Whether it is left out for pods without a service account; otherwise it is asked without a token. */
  readonly requireServiceAccount: boolean;
  /** Annotations without which it is left out, silently. */
  readonly requiredServiceAccountAnnotationKeys?: readonly string[];
  /** Annotations that it is told where they are there. */
  readonly optionalServiceAccountAnnotationKeys?: readonly string[];
}

/** A pod, as providers need to know it. */
export interface PodContext {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** `''` for a pod without a service account, such as a static pod. */
  readonly serviceAccountName: string;
}

/** What a token is wanted for; the fields of the API server's TokenRequest. */
export interface ServiceAccountTokenRequest {
  readonly namespace: string;
  readonly serviceAccountName: string;
  /** The pod that the token is bound to. */
  readonly pod: { readonly name: string; readonly uid: string };
  readonly audience: string;
  readonly signal: AbortSignal;
}

/** A service account's token, and what of the account decides about credentials. */
export interface ServiceAccountToken {
  readonly token: string;
  /** The service account's UID. */
  readonly uid: string;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** Gets a token from the API server; the caller of the keyring brings the client. */
export type GetServiceAccountToken = (
  request: ServiceAccountTokenRequest,
) => Promise<ServiceAccountToken>;

/** One thing that a provider found when it looked at this machine and its cloud; never holds a secret. */
export interface Diagnosis {
  readonly status: 'ok' | 'warning' | 'failure';
  /** What was looked at: `identity`, `scopes`, `token`, `clock`. */
  readonly subject: string;
  /** What was found, as a phrase. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** What a provider is asked to look at. */
export interface DiagnosisRequest {
  /** Images of the caller's that the provider is for; may be none. */
  readonly images: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * A source of credentials.
 *
 * @example
 * ```ts
 * const vault: CredentialProvider = {
 *   name: 'vault',
 *   matchImages: ['*.registry.example.com'],
 *   provide: async ({ image, signal }) => ({
 *     auth: { '*.registry.example.com': await readVault(image, signal) },
 *     cacheKeyType: 'Registry',
 *   }),
 * };
 * ```
 */
export interface CredentialProvider {
  /** Names the provider in `explain`, in errors and in the credentials' source. */
  readonly name: string;
  /** The images it is asked for, as in the kubelet's `matchImages`; for all others it does no I/O. */
  readonly matchImages: readonly string[];
  /** How long an answer may be kept that says nothing of it, in milliseconds; 0 means not at all. */
  readonly defaultCacheDurationMs?: number;
  /**
   * How long it may take for one answer, in milliseconds.
   *
   * @defaultValue 30,000
   */
  readonly timeoutMs?: number;
  /** Present when it works with service-account tokens. */
  readonly tokenAttributes?: ServiceAccountTokenAttributes;
  /**
   * Where these tokens come from.
   *
   * @defaultValue the keyring's option of this name
   */
  readonly getServiceAccountToken?: GetServiceAccountToken | undefined;
  /**
   * Why it has nothing for any image at present, as a phrase; it is not asked then, and `explain` says so. `undefined`
   * where it is to be asked.
   */
  skipReason?(): string | undefined;
  /**
   * Names what an answer depends on, where that is known before asking: images of one scope share one answer and one
   * call, in place of what `cacheKeyType` would say afterwards. `undefined` where it is not known.
   */
  cacheScope?(image: string): string | undefined;
  /**
   * Says whose answers these are: a text that is another one where anything outside of this program is that decides it,
   * as are variables, the contents of configuration and credentials files, a program's arguments. Processes share answers
   * through a store only where this is the same. `undefined` where nothing tells: then nothing is shared.
   *
   * It is asked before a shared answer is looked for, and must neither use a network nor take long.
   *
   * @defaultValue `name` and `cacheScope` decide; in a token-file cache all variables and the clouds' files do, too
   */
  cachePrincipal?(signal: AbortSignal): Promise<string | undefined>;
  /** Answers, or `undefined` when it has nothing for this image. */
  provide(request: CredentialRequest): Promise<CredentialResponse | undefined>;
  /** Makes an answer of this image's scope, which may have been given for another image, one for this image. */
  forImage?(response: CredentialResponse, image: string): CredentialResponse;
  /** What this machine offers the provider, for `docker-keyring doctor`. Rejects only when the signal does. */
  diagnose?(request: DiagnosisRequest): Promise<readonly Diagnosis[]>;
}

/**
 * Providers that are known only when something has been read, and may change while the keyring lives: the plugins of a
 * kubelet's configuration. It stands in the list of providers as one of them would.
 */
export interface ProviderSet {
  /** Names the set where it fails as a whole. */
  readonly name: string;
  /** The providers, where they are known without a look; the same array until something changed. */
  known(): readonly CredentialProvider[] | undefined;
  /** The providers after a look. Rejects when there are none to go by, such as when the first configuration is wrong. */
  read(signal: AbortSignal): Promise<readonly CredentialProvider[]>;
}
