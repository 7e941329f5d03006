import { warning, type Finding } from '../findings/finding.ts';
import type { PodLike, PullSecret, ServiceAccountLike } from './pull-secret.ts';
import { isRecord } from '../util/is-record.ts';
import { refuseOtherKind } from './object-kind.ts';
import { assertPullSecret } from './secret/secret-data.ts';
import {
  admittedServiceAccount,
  isMirrorPod,
  limitFindings,
  unknownFieldFindings,
  type NamedReference,
} from './service-account.ts';
import { refuseUnknown } from '../util/option-checks.ts';

/** What {@link resolvePullSecrets} works on. */
export interface ResolvePullSecretsInput {
  readonly pod: PodLike;
  /** The service account that the pod runs as. */
  readonly serviceAccount?: ServiceAccountLike | undefined;
  /** The secrets that there are. One without a namespace counts as one of the pod's. */
  readonly secrets: readonly PullSecret[];
}

/** A pull secret that a pod names. */
export interface PullSecretName {
  readonly namespace: string;
  readonly name: string;
}

/** A reference that leads nowhere, and why. */
export interface SkippedPullSecret extends PullSecretName {
  readonly reason: 'empty-name' | 'other-namespace';
  /** The reason as a sentence. */
  readonly message: string;
}

/** The pull secrets of a pod. */
export interface ResolvedPullSecrets {
  /** Those that are there, in the order of the list; one that is named twice is there twice. */
  readonly secrets: readonly PullSecret[];
  /** Whose list it is. */
  readonly from: 'pod' | 'service-account' | 'none';
  /** The pod's namespace, in which its pull secrets must be. */
  readonly namespace: string;
  /** Those that are named and not there. The kubelet pulls without them. */
  readonly missing: readonly PullSecretName[];
  /** Entries without a name, and secrets of the right name in a wrong namespace. */
  readonly skipped: readonly SkippedPullSecret[];
  /** What else is odd about the pod and its service account. */
  readonly findings: readonly Finding[];
}

/**
 * Which secrets the kubelet uses to pull a pod's images: the pod's own list, or, when that is empty, its service
 * account's; only from the pod's own namespace.
 *
 * Follows Kubernetes v1.37.2, `plugin/pkg/admission/serviceaccount/admission.go` (the list of the service account
 * replaces an empty one, and mirror pods are left alone) and `pkg/kubelet/kubelet_pods.go` (`getPullSecretsForPod`).
 *
 * @param input - The pod, its service account, and the secrets to choose from.
 * @returns The secrets, and everything that was named without being used.
 * @throws TypeError when the pod, the service account, a list or a secret has not the shape of one, or is of another kind: a
 * Deployment has no pull secrets itself, and `podTemplates` gives its pod.
 * @example
 * ```ts
 * const { secrets, missing } = resolvePullSecrets({ pod, serviceAccount, secrets: all });
 * const keyring = createKeyring({ pullSecrets: secrets });
 * ```
 */
export function resolvePullSecrets(input: ResolvePullSecretsInput): ResolvedPullSecrets {
  refuseUnknown('resolvePullSecrets', input, { pod: true, serviceAccount: true, secrets: true });
  const { pod, secrets } = checkedInput(input);
  const namespace = pod.metadata?.namespace || 'default';
  const findings: Finding[] = [];
  const own = references(pod.spec?.imagePullSecrets, 'spec.imagePullSecrets');
  const isMirror = isMirrorPod(pod);
  const account = isMirror ? undefined : admittedServiceAccount(input, own.length > 0, findings);
  const inherited = references(account?.imagePullSecrets, 'imagePullSecrets');
  findings.push(
    ...unknownFieldFindings([...own, ...inherited]),
    ...limitFindings({ own, inherited, account, isMirror }),
  );

  const list = own.length > 0 ? own : inherited;
  const from = own.length > 0 ? 'pod' : inherited.length > 0 ? 'service-account' : 'none';
  return { ...pick(list, { namespace, secrets, findings }), from, namespace, findings };
}

interface Choice {
  readonly namespace: string;
  readonly secrets: readonly PullSecret[];
  readonly findings: Finding[];
}

function pick(
  list: readonly NamedReference[],
  { namespace, secrets, findings }: Choice,
): Pick<ResolvedPullSecrets, 'secrets' | 'missing' | 'skipped'> {
  const byName = indexByName(secrets, namespace, findings);
  const found: PullSecret[] = [];
  const missing: PullSecretName[] = [];
  const skipped: SkippedPullSecret[] = [];
  for (const { name } of list) {
    const secret = byName.get(name);
    if (name === '') {
      skipped.push({ namespace, name, reason: 'empty-name', message: 'An entry has no name.' });
    } else if (secret === undefined) {
      missing.push({ namespace, name });
      skipped.push(...elsewhere(secrets, { namespace, name }));
    } else {
      found.push(secret);
    }
  }
  return { secrets: found, missing, skipped };
}

/** Of two secrets of one name the last is taken, as if they were applied in turn. */
function indexByName(
  secrets: readonly PullSecret[],
  namespace: string,
  findings: Finding[],
): ReadonlyMap<string, PullSecret> {
  const byName = new Map<string, PullSecret>();
  for (const secret of secrets) {
    const name = secret.metadata?.name ?? '';
    if ((secret.metadata?.namespace || namespace) !== namespace) continue;
    if (byName.has(name)) {
      const message = `several secrets are named ${JSON.stringify(name)}; the last is used`;
      findings.push(warning({ code: 'duplicate-secret', field: 'secrets', message }));
    }
    byName.set(name, secret);
  }
  return byName;
}

function elsewhere(
  secrets: readonly PullSecret[],
  { namespace, name }: PullSecretName,
): SkippedPullSecret[] {
  return secrets
    .filter(({ metadata }) => metadata?.name === name)
    .map(({ metadata }) => ({
      namespace: String(metadata?.namespace),
      name,
      reason: 'other-namespace',
      message: `A secret of this name is in the namespace ${JSON.stringify(metadata?.namespace)}; a pod in ${JSON.stringify(namespace)} cannot use it.`,
    }));
}

function checkedInput(input: ResolvePullSecretsInput): ResolvePullSecretsInput {
  if (!isRecord(input) || !isRecord(input.pod)) {
    throw new TypeError('resolvePullSecrets: pod must be a Pod object');
  }
  if (!Array.isArray(input.secrets)) {
    throw new TypeError('resolvePullSecrets: secrets must be an array of Secret objects');
  }
  refuseOtherKind(input.pod, 'Pod', 'resolvePullSecrets: pod');
  if (isRecord(input.serviceAccount)) {
    refuseOtherKind(input.serviceAccount, 'ServiceAccount', 'resolvePullSecrets: serviceAccount');
  }
  for (const secret of input.secrets) assertPullSecret(secret);
  return input;
}

/** From YAML, a list may be null, and so may its entries; `[regcred]` for `[{name: regcred}]` is a frequent mistake. */
function references(list: unknown, field: string): readonly NamedReference[] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw new TypeError(`${field} must be a list of objects with a name`);
  return list.map((entry: unknown, index) => {
    const place = `${field}[${index}]`;
    if (entry === null) return { name: '', field: place, unknownFields: [] };
    const name = isRecord(entry) ? (entry['name'] ?? '') : undefined;
    if (typeof name !== 'string') {
      throw new TypeError(`${place} must be an object with a name, such as {name: regcred}`);
    }
    return { name, field: place, unknownFields: unknownFieldsOf(Object(entry)) };
  });
}

/** What is no identifier may be somebody's secret, and is not shown. */
function unknownFieldsOf(reference: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(reference)
    .filter((key) => key !== 'name' && reference[key] !== undefined)
    .map((key) => (/^[A-Za-z]{1,63}$/.test(key) ? key : '…'));
}
