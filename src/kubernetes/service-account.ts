// What the admission plugin ServiceAccount does with a pod (Kubernetes v1.37.2,
// plugin/pkg/admission/serviceaccount/admission.go), as far as its pull secrets go.

import { goQuote } from '../go/quote.ts';
import { apiServerError, warning, type Finding } from '../findings/finding.ts';
import type { PodLike, ServiceAccountLike } from './pull-secret.ts';

const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';
const LIMIT_ANNOTATION = 'kubernetes.io/enforce-mountable-secrets';
/** strconv.ParseBool. */
const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);

/** An entry of a list of pull secrets; the name may be empty. */
export interface NamedReference {
  readonly name: string;
  /** Where it stands: `spec.imagePullSecrets[0]`. */
  readonly field: string;
  /** Fields that a reference does not have. */
  readonly unknownFields: readonly string[];
}

/** Whether the pod is the API's picture of a static pod, which admission leaves as it is. */
export function isMirrorPod(pod: PodLike): boolean {
  return Object.hasOwn(pod.metadata?.annotations ?? {}, MIRROR_ANNOTATION);
}

/** Whether a service account is the one that a pod runs as; one without a namespace counts as one of the pod's. */
export function isAccountOf(pod: PodLike, { metadata }: ServiceAccountLike): boolean {
  const wanted = accountOf(pod);
  return (
    metadata?.name === wanted.name && (metadata.namespace || wanted.namespace) === wanted.namespace
  );
}

/** The given service account, if it is the one that admission looks up for the pod. */
export function admittedServiceAccount(
  input: { readonly pod: PodLike; readonly serviceAccount?: ServiceAccountLike | undefined },
  hasOwnList: boolean,
  findings: Finding[],
): ServiceAccountLike | undefined {
  const { pod, serviceAccount } = input;
  const wanted = accountOf(pod);
  const field = 'spec.serviceAccountName';
  const runsAs = `the pod runs as ${shown(wanted)}`;
  if (serviceAccount === undefined) {
    if (hasOwnList) return undefined;
    const message = `${runsAs}, which is not given: its pull secrets are not known`;
    findings.push(warning({ code: 'service-account-not-given', field, message }));
    return undefined;
  }
  const given = {
    namespace: serviceAccount.metadata?.namespace || wanted.namespace,
    name: serviceAccount.metadata?.name || wanted.name,
  };
  if (shown(given) === shown(wanted)) return serviceAccount;
  const message = `${runsAs}, and so the service account ${shown(given)} does not count`;
  findings.push(warning({ code: 'other-service-account', field, message }));
  return undefined;
}

/** Pull secrets for which admission refuses the pod, in its words. */
export function limitFindings(admission: {
  readonly own: readonly NamedReference[];
  readonly inherited: readonly NamedReference[];
  readonly account: ServiceAccountLike | undefined;
  readonly isMirror: boolean;
}): Finding[] {
  const { own, inherited, account, isMirror } = admission;
  // Names that are empty are passed over (pkg/api/pod/util.go, skipEmptyNames), as the kubelet does.
  if (isMirror && own.some(({ name }) => name !== '')) {
    const message = 'a mirror pod may not reference secrets';
    const field = 'spec.imagePullSecrets';
    return [apiServerError({ code: 'mirror-pod-secrets', field, message })];
  }
  if (!TRUE.has(account?.metadata?.annotations?.[LIMIT_ANNOTATION] ?? '')) return [];
  const allowed = new Set(inherited.map(({ name }) => name));
  return own.flatMap(({ name }, index) => {
    if (allowed.has(name)) return [];
    const place = `imagePullSecrets[${index}]`;
    const message = `${place}.name="${name}" is not allowed because service account ${account?.metadata?.name} does not reference that imagePullSecret`;
    const hint = 'name it in imagePullSecrets of the service account too';
    const field = `spec.${place}.name`;
    return [apiServerError({ code: 'secret-not-allowed', field, message, hint })];
  });
}

/** What strict decoding refuses, which is what kubectl asks for: a misspelt `name`, a `namespace`. */
export function unknownFieldFindings(references: readonly NamedReference[]): Finding[] {
  return references.flatMap(({ field: place, unknownFields }) =>
    unknownFields.map((name) => {
      const field = `${place}.${name}`;
      const message = `unknown field ${goQuote(field)}`;
      const hint = 'a pull secret is named by name alone, and is one of the same namespace';
      return apiServerError({ code: 'unknown-field', field, message, hint });
    }),
  );
}

interface AccountName {
  readonly namespace: string;
  readonly name: string;
}

function accountOf({ metadata, spec }: PodLike): AccountName {
  return {
    namespace: metadata?.namespace || 'default',
    name: serviceAccountName({ spec }),
  };
}

/** The service account that a pod runs as (Kubernetes v1.37.2 plugin/pkg/admission/serviceaccount, DefaultServiceAccountName). */
export function serviceAccountName({ spec }: Pick<PodLike, 'spec'>): string {
  return spec?.serviceAccountName || spec?.serviceAccount || 'default';
}

function shown({ namespace, name }: AccountName): string {
  return JSON.stringify(`${namespace}/${name}`);
}
