// The pull secrets of a pod, chosen as admission and the kubelet do it, from files.

import { podTemplates } from '../../kubernetes/pod/pod-templates.ts';
import type { PodLike, ServiceAccountLike } from '../../kubernetes/pull-secret.ts';
import {
  resolvePullSecrets,
  type ResolvedPullSecrets,
} from '../../kubernetes/resolve-pull-secrets.ts';
import {
  allOf,
  ofKind,
  type ChosenPullSecrets,
  type Manifest,
  type ManifestOptions,
  type Manifests,
} from './manifest-files.ts';
import { UsageError, warn, type CliContext } from '../context.ts';
import { inputName } from './read-input.ts';
import { namespaced } from '../../credential/describe-source.ts';

/** Chooses for the pod of `--pod`, or for a pod that runs as the service account of `--service-account`. */
export function choosePodSecrets(
  context: CliContext,
  options: ManifestOptions,
  manifests: Manifests,
): ChosenPullSecrets {
  const pod = inNamespace(givenPod(options, manifests), options.namespace);
  const serviceAccount = accountOf(pod, manifests, options.serviceAccount);
  const secrets = ofKind(allOf(manifests), 'Secret');
  const resolved = resolvePullSecrets({ pod, serviceAccount, secrets });
  const { namespace, from, missing } = resolved;
  const isPod = options.pod !== undefined;
  const name = isPod ? pod.metadata?.name : accountName(pod);
  const who = `${isPod ? 'pod' : 'service account'} ${namespaced({ namespace, name })}`;
  report(context, resolved, who);
  return {
    secrets: resolved.secrets,
    chosenFor: `of ${who}${isPod ? LISTED[from] : ''}`,
    missing,
    podImages: imagesOf(pod),
  };
}

function givenPod({ pod, serviceAccount }: ManifestOptions, manifests: Manifests): PodLike {
  if (pod !== undefined) return theOnly(manifests, pod, 'Pod');
  return podOf(theOnly(manifests, String(serviceAccount), 'ServiceAccount'));
}

const LISTED = {
  pod: ', from its own list',
  'service-account': ', from the list of its service account',
  none: ', which has no list',
} as const;

function theOnly(manifests: Manifests, path: string, kind: string): Manifest {
  const name = inputName(path);
  const [first, ...others] = ofKind(manifests.get(path), kind);
  if (first === undefined) throw new UsageError(`${name} holds no ${kind}`);
  if (others.length > 0) throw new UsageError(`${name} holds more than one ${kind}`);
  return first;
}

/** A pod that says nothing of itself but as whom it runs. */
function podOf({ metadata }: ServiceAccountLike): PodLike {
  return {
    metadata: { namespace: metadata?.namespace },
    spec: { serviceAccountName: metadata?.name },
  };
}

/** As in kubectl, `--namespace` fills in and does not move. */
function inNamespace(pod: PodLike, namespace: string | undefined): PodLike {
  if (namespace === undefined) return pod;
  const own = pod.metadata?.namespace || namespace;
  if (own === namespace) return { ...pod, metadata: { ...pod.metadata, namespace } };
  throw new UsageError(`--namespace is ${namespace}, but the object is in the namespace ${own}`);
}

function accountName({ spec }: PodLike): string {
  return spec?.serviceAccountName || spec?.serviceAccount || 'default';
}

/** One that was named by an option is passed on even when it is another's, so that it is reported. */
function accountOf(
  pod: PodLike,
  manifests: Manifests,
  path: string | undefined,
): ServiceAccountLike | undefined {
  const all = path === undefined ? allOf(manifests) : manifests.get(path);
  const accounts: readonly ServiceAccountLike[] = ofKind(all, 'ServiceAccount');
  const namespace = pod.metadata?.namespace || 'default';
  const own = accounts.find(
    ({ metadata }) =>
      metadata?.name === accountName(pod) && (metadata.namespace || namespace) === namespace,
  );
  if (own !== undefined || path === undefined) return own;
  return theOnly(manifests, path, 'ServiceAccount');
}

function report(context: CliContext, resolved: ResolvedPullSecrets, who: string): void {
  for (const missing of resolved.missing) {
    const secret = namespaced(missing);
    warn(
      context,
      `${who} names the secret ${secret}, which is in no given file; it pulls without it`,
    );
  }
  for (const { message } of resolved.skipped) warn(context, message);
  for (const { field, message, rejectedBy } of resolved.findings) {
    const start = rejectedBy === undefined ? field : 'the API server refuses the pod';
    warn(context, `${start}: ${message}`);
  }
}

function imagesOf(pod: PodLike): readonly string[] {
  const images = podTemplates([pod]).flatMap((template) => template.images);
  return [...new Set(images.map(({ image }) => image))];
}
