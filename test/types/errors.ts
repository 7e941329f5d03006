// Compiled by `npx tsc`, and by test/package against the packed declarations. Never run.
import {
  ConfigError,
  KeyringError,
  errors,
  isKeyringError,
  type AnyKeyringError,
  type TimeoutError,
} from 'docker-keyring';
import type {
  MissingPackageError,
  PluginConfigError,
  PluginProtocolError,
} from 'docker-keyring/providers';
import type {
  RegistryAuthError,
  RegistryUnavailableError,
  UnsafeRealmError,
} from 'docker-keyring/registry';

declare const caught: unknown;

/** `code` narrows to one class. */
export function describe(error: AnyKeyringError): string {
  switch (error.code) {
    case 'ERR_KEYRING_REFERENCE_INVALID':
      return `${error.reference}: ${error.reason}`;
    case 'ERR_KEYRING_CONFIG_INVALID':
      return `${error.path}:${error.position?.line}`;
    case 'ERR_KEYRING_PULL_SECRET_INVALID':
      return `${error.secretName}: ${error.key}`;
    case 'ERR_KEYRING_MANIFEST_INVALID':
      return `${error.path}:${error.position.line}`;
    case 'ERR_KEYRING_PROVIDER_FAILED':
      return `${error.provider}: ${error.image}`;
    case 'ERR_KEYRING_REGISTRY_AUTH':
    case 'ERR_KEYRING_REGISTRY_UNAVAILABLE':
    case 'ERR_KEYRING_REALM_UNSAFE':
      return describeRegistry(error);
    default:
      return describeOther(error);
  }
}

function describeRegistry(
  error: RegistryAuthError | RegistryUnavailableError | UnsafeRealmError,
): string {
  switch (error.code) {
    case 'ERR_KEYRING_REGISTRY_AUTH':
      return `${error.registry}: ${error.attempts.map(({ candidate }) => candidate).join()}`;
    case 'ERR_KEYRING_REGISTRY_UNAVAILABLE':
      return `${error.reason}: ${error.retryAfterMs}`;
    default:
      return `${error.realm}: ${error.reason}`;
  }
}

/** What is left narrows on. */
function describeOther(
  error: PluginProtocolError | PluginConfigError | MissingPackageError | TimeoutError,
): string {
  switch (error.code) {
    case 'ERR_KEYRING_PLUGIN_PROTOCOL':
      return `${error.plugin}: ${error.reason}`;
    case 'ERR_KEYRING_PLUGIN_CONFIG_INVALID':
      return `${error.path}:${error.position?.line}`;
    case 'ERR_KEYRING_PACKAGE_MISSING':
      return error.packageName;
    case 'ERR_KEYRING_TIMEOUT':
      return `${error.operation}: ${error.timeoutMs}`;
    default: {
      const nothingLeft: never = error;
      return nothingLeft;
    }
  }
}

if (isKeyringError(caught)) {
  describe(caught);
  if (caught.code === 'ERR_KEYRING_TIMEOUT') {
    // @ts-expect-error A TimeoutError names no provider.
    describe(caught.provider);
  }
}

declare const known: AnyKeyringError;

// @ts-expect-error There is no such code.
export const misspelt: boolean = known.code === 'ERR_KEYRING_TIME_OUT';

// @ts-expect-error The base class cannot be constructed.
export const base: KeyringError = new KeyringError('message');

declare const configError: ConfigError;
export const position: errors.DocumentPosition | undefined = configError.position;
export const asError: Error & { cause?: unknown } = configError;
export const code: 'ERR_KEYRING_CONFIG_INVALID' = configError.code;

// @ts-expect-error A code is read-only.
configError.code = 'ERR_KEYRING_CONFIG_INVALID';

// The namespace has every class, the same as the entries have.
export const inNamespace: RegistryAuthError = {} as errors.RegistryAuthError;
if (caught instanceof errors.MissingPackageError) caught.packageName satisfies string;
