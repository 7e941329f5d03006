import { own, has } from '../../util/own.ts';
import type { DecodeOptions } from '../../config/decoding.ts';
import { decodeDockerConfig, type DecodedConfig } from '../../config/docker-config.ts';
import type { CredentialSource } from '../../credential/credential.ts';
import { PullSecretError, type PullSecretErrorDetails } from '../../errors.ts';
import type { PullSecret } from '../pull-secret.ts';
import {
  assertPullSecret,
  formatOf,
  isTooLarge,
  PULL_SECRET_KEYS,
  secretValue,
  type PullSecretKey,
} from './secret-data.ts';

/** The source of a pull secret's credentials. */
type PullSecretSource = Extract<CredentialSource, { kind: 'pull-secret' }>;

/** Why the kubelet passes over a secret without a word. */
type IgnoredPullSecretReason = 'wrong-type' | 'key-missing' | 'data-empty';

/** What a pull secret gives to a keyring. */
export type DecodedPullSecret =
  | {
      readonly status: 'used';
      readonly source: PullSecretSource;
      readonly key: PullSecretKey;
      readonly config: DecodedConfig;
    }
  | {
      readonly status: 'ignored';
      readonly source: PullSecretSource;
      readonly reason: IgnoredPullSecretReason;
      /** The reason as a phrase. */
      readonly message: string;
    }
  | {
      readonly status: 'malformed';
      readonly source: PullSecretSource;
      /** For which the kubelet fails every pull of a pod that names the secret. */
      readonly error: PullSecretError;
    };

/**
 * Reads a pull secret as the kubelet does: which secrets it ignores, and which fail the pull.
 *
 * Follows Kubernetes v1.37.2, `pkg/credentialprovider/secrets/secrets.go`. What the API server would have refused
 * (`data` that is no base64) is malformed too.
 *
 * @throws TypeError when the value is no Secret.
 */
export function decodePullSecret(given: PullSecret, options: DecodeOptions): DecodedPullSecret {
  assertPullSecret(given);
  const secret = own(given);
  const source = sourceOf(secret);
  const type: unknown = secret.type ?? '';
  if (typeof type !== 'string') return malformed(source, { reason: 'type must be a string' });
  const key = PULL_SECRET_KEYS.get(type);
  if (key === undefined) return ignored(source, 'wrong-type', wrongType(type));
  if (isTooLarge(secret)) return malformed(source, { reason: TOO_LARGE });

  const value = secretValue(secret, key);
  if (value === undefined) return ignored(source, 'key-missing', `it has no data key ${key}`);
  if (has(value, 'problem')) return malformed(source, { key, reason: value.problem });
  if (value.bytes.length === 0) return ignored(source, 'data-empty', `data[${key}] is empty`);

  const format = formatOf(key);
  const config = decodeDockerConfig(value.bytes, format, options);
  const problem = config.problems.find(({ strict }) => strict);
  if (problem === undefined) return { status: 'used', source, key, config };
  const { reason, position, entry } = problem;
  return malformed(source, { key, reason, position, entry });
}

const TOO_LARGE = 'the Secret holds more than 10 MiB, of which the API server stores 1 MiB at most';

function sourceOf(secret: PullSecret): PullSecretSource {
  const metadata = own(secret.metadata ?? {});
  const uid = textOf(metadata.uid);
  return {
    kind: 'pull-secret',
    namespace: textOf(metadata.namespace),
    name: textOf(metadata.name),
    ...(uid === '' ? {} : { uid }),
  };
}

/** Secrets come from files that people wrote: a name may be a number there. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function wrongType(type: string): string {
  const types = [...PULL_SECRET_KEYS.keys()].join(' nor ');
  return `its type is ${type === '' ? 'not given' : JSON.stringify(type)}, and so neither ${types}`;
}

function ignored(
  source: PullSecretSource,
  reason: IgnoredPullSecretReason,
  message: string,
): DecodedPullSecret {
  return { status: 'ignored', source, reason, message };
}

function malformed(
  source: PullSecretSource,
  details: Omit<PullSecretErrorDetails, 'namespace' | 'name'>,
): DecodedPullSecret {
  const namespace = source.namespace === '' ? undefined : source.namespace;
  const name = source.name === '' ? undefined : source.name;
  return {
    status: 'malformed',
    source,
    error: new PullSecretError({ namespace, name, ...details }),
  };
}
