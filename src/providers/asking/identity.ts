// On whose behalf a provider is asked: nobody's, or a pod's service account (Kubernetes v1.37.2
// pkg/credentialprovider/plugin/plugin.go, serviceAccountProvider and generateServiceAccountCacheKey).

import { own } from '../../util/own.ts';
import type {
  GetServiceAccountToken,
  PodContext,
  ServiceAccountToken,
  ServiceAccountTokenAttributes,
} from '../contract.ts';
import { ProviderFailure } from './provider-failure.ts';
import { sha256 } from '../../system/sha256.ts';

/** On whose behalf a provider is asked. */
export interface Identity {
  /** What answers may be shared by: equal for equal identities only. */
  readonly key: string;
  readonly serviceAccount?: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
  };
  readonly token?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The identity of every question that is not about a pod. */
export const NOBODY: Identity = own({ key: '' });

/** Why a provider is not asked at all, as a phrase. */
export interface NotAsked {
  readonly reason: string;
}

/** What an identity is found by. */
export interface IdentityQuestion {
  readonly pod: PodContext | undefined;
  readonly getToken: GetServiceAccountToken | undefined;
  readonly signal: AbortSignal;
}

/** Finds the identity that a provider is asked with, or why it is not asked. */
export async function identityFor(
  attributes: ServiceAccountTokenAttributes,
  question: IdentityQuestion,
): Promise<Identity | NotAsked> {
  const { pod } = question;
  if (pod === undefined || pod.serviceAccountName === '') {
    return attributes.requireServiceAccount
      ? { reason: 'it is for pods with a service account only, and none was given' }
      : NOBODY;
  }
  return identityOfPod(attributes, pod, question);
}

async function identityOfPod(
  attributes: ServiceAccountTokenAttributes,
  pod: PodContext,
  { getToken, signal }: IdentityQuestion,
): Promise<Identity | NotAsked> {
  if (getToken === undefined) {
    throw new ProviderFailure(
      'it works with service-account tokens: give createKeyring the option getServiceAccountToken',
    );
  }
  const { namespace, serviceAccountName: name } = pod;
  const given = await getToken({
    namespace,
    serviceAccountName: name,
    pod: { name: pod.name, uid: pod.uid },
    audience: attributes.serviceAccountTokenAudience,
    signal,
  });
  checkToken(given);
  const { token, uid, annotations: all = {} } = given;
  const required = attributes.requiredServiceAccountAnnotationKeys ?? [];
  const missing = required.find((key) => !Object.hasOwn(all, key));
  if (missing !== undefined) {
    return { reason: `the service account ${namespace}/${name} has no annotation ${missing}` };
  }
  const wanted = [...required, ...(attributes.optionalServiceAccountAnnotationKeys ?? [])];
  const annotations = pick(all, wanted);
  const counted = attributes.cacheType === 'Token' ? sha256(token) : '';
  const key = JSON.stringify([namespace, name, uid, Object.entries(annotations), counted]);
  return { key, serviceAccount: { namespace, name, uid }, token, annotations };
}

function checkToken(given: unknown): asserts given is ServiceAccountToken {
  const { token, uid } = own((given ?? {}) as Record<string, unknown>);
  if (typeof token === 'string' && token !== '' && typeof uid === 'string') return;
  throw new ProviderFailure('getServiceAccountToken gave no { token, uid }');
}

/** Sorted, so that the order in which annotations are listed makes no difference. */
function pick(
  all: Readonly<Record<string, string>>,
  keys: readonly string[],
): Record<string, string> {
  const present = [...new Set(keys)].filter((key) => Object.hasOwn(all, key)).toSorted();
  return Object.fromEntries(present.map((key) => [key, all[key] as string]));
}
