// Which pull secrets are used: all that are given, those of a namespace, or those of a pod, as admission and the kubelet
// choose them.

import { namespaced } from '../../credential/describe-source.ts';
import { templatesOf } from '../../kubernetes/pod/pod-templates.ts';
import type { PodLike, PullSecret, ServiceAccountLike } from '../../kubernetes/pull-secret.ts';
import {
  resolvePullSecrets,
  type PullSecretName,
  type ResolvedPullSecrets,
} from '../../kubernetes/resolve-pull-secrets.ts';
import { isAccountOf, serviceAccountName } from '../../kubernetes/service-account.ts';
import { UsageError, warn, type CliContext } from '../context.ts';
import {
  allOf,
  ofKind,
  readManifests,
  type Manifest,
  type ManifestOptions,
  type Manifests,
} from './manifest-files.ts';
import { inputName, type InputFiles } from './read-input.ts';

/** The pull secrets, and the pod for which they were chosen. */
export interface ChosenPullSecrets {
  readonly secrets: readonly PullSecret[];
  /** As a phrase: `of pod shop/web, from its own list`. */
  readonly chosenFor: string | undefined;
  /** Named by the pod, but in no file. */
  readonly missing: readonly PullSecretName[];
  readonly podImages: readonly string[];
}

/** Reads the files and chooses; warns of pull secrets that are named but missing. */
export async function choosePullSecrets(
  context: CliContext,
  options: ManifestOptions,
  files: InputFiles,
): Promise<ChosenPullSecrets> {
  const manifests = await readManifests(files, options);
  for (const path of options.secret ?? []) {
    if (ofKind(manifests.get(path), 'Secret').length > 0) continue;
    warn(context, `${inputName(path)} contains no Secret`);
  }
  if (options.pod !== undefined || options.serviceAccount !== undefined) {
    return chooseForPod(context, options, manifests);
  }
  const secrets: readonly PullSecret[] = ofKind(allOf(manifests), 'Secret');
  return chooseByNamespace(context, secrets, options.namespace);
}

/** A Secret without a namespace counts, too: kubectl would apply it to this namespace. */
function chooseByNamespace(
  context: CliContext,
  all: readonly PullSecret[],
  namespace: string | undefined,
): ChosenPullSecrets {
  const noPod = { chosenFor: undefined, missing: [], podImages: [] };
  if (namespace === undefined) return { ...noPod, secrets: all };
  const secrets = all.filter(({ metadata }) => (metadata?.namespace || namespace) === namespace);
  if (all.length > 0 && secrets.length === 0) {
    warn(context, `none of the secrets is in the namespace ${namespace}`);
  }
  return { ...noPod, secrets, chosenFor: `of namespace ${namespace}` };
}

/** For the pod of `--pod`, or for a pod that runs as the service account of `--service-account`. */
function chooseForPod(
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
  const name = isPod ? pod.metadata?.name : serviceAccountName(pod);
  const owner = `${isPod ? 'pod' : 'service account'} ${namespaced({ namespace, name })}`;
  warnOfProblems(context, resolved, owner);
  return {
    secrets: resolved.secrets,
    chosenFor: `of ${owner}${isPod ? LISTED[from] : ''}`,
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
  if (first === undefined) throw new UsageError(`${name} contains no ${kind}`);
  if (others.length > 0) throw new UsageError(`${name} contains more than one ${kind}`);
  return first;
}

/** A pod that has nothing but its service account. */
function podOf({ metadata }: ServiceAccountLike): PodLike {
  return {
    metadata: { namespace: metadata?.namespace },
    spec: { serviceAccountName: metadata?.name },
  };
}

/** As in kubectl, `--namespace` fills in a missing namespace and does not change one. */
function inNamespace(pod: PodLike, namespace: string | undefined): PodLike {
  if (namespace === undefined) return pod;
  const own = pod.metadata?.namespace || namespace;
  if (own === namespace) return { ...pod, metadata: { ...pod.metadata, namespace } };
  throw new UsageError(`--namespace is ${namespace}, but the object is in the namespace ${own}`);
}

/** The account that `--service-account` names is used even if it is not the pod's: its finding is then printed. */
function accountOf(
  pod: PodLike,
  manifests: Manifests,
  path: string | undefined,
): ServiceAccountLike | undefined {
  const all = path === undefined ? allOf(manifests) : manifests.get(path);
  const accounts: readonly ServiceAccountLike[] = ofKind(all, 'ServiceAccount');
  const own = accounts.find((account) => isAccountOf(pod, account));
  if (own !== undefined || path === undefined) return own;
  return theOnly(manifests, path, 'ServiceAccount');
}

function warnOfProblems(context: CliContext, resolved: ResolvedPullSecrets, owner: string): void {
  for (const missing of resolved.missing) {
    warn(
      context,
      `${owner} names the secret ${namespaced(missing)}, which is in no file: the pod pulls without it`,
    );
  }
  for (const { message } of resolved.skipped) warn(context, message);
  for (const { where, message, rejectedBy } of resolved.findings) {
    const start = rejectedBy === undefined ? where.field : 'the API server refuses the pod';
    warn(context, `${start}: ${message}`);
  }
}

function imagesOf(pod: PodLike): readonly string[] {
  const images = templatesOf({ ...pod }, 'Pod').flatMap((template) => template.images);
  return [...new Set(images.map(({ image }) => image))];
}
