// The pull secrets that a pod of a manifest would have, and what is odd about them.

import type { Finding } from '../../findings/finding.ts';
import type { PodTemplate } from '../../kubernetes/pod/pod-templates.ts';
import type { PullSecret, ServiceAccountLike } from '../../kubernetes/pull-secret.ts';
import { isAccountOf, serviceAccountName } from '../../kubernetes/service-account.ts';
import {
  resolvePullSecrets,
  type ResolvedPullSecrets,
} from '../../kubernetes/resolve-pull-secrets.ts';
import type { PlacedObject } from './placed-object.ts';
import type { WhyRefused } from './refused-secrets.ts';
import type { VerifyWarning } from './verify-report.ts';

/** A pod with the place of the object that makes it. */
export interface PlacedPod {
  readonly pod: PodTemplate;
  readonly placed: PlacedObject;
}

/** A service account with its place. */
interface PlacedAccount {
  readonly account: ServiceAccountLike;
  readonly placed: PlacedObject;
}

/** What there is to choose from. */
export interface GivenObjects {
  readonly secrets: readonly PullSecret[];
  readonly accounts: readonly PlacedAccount[];
  readonly whyRefused: WhyRefused;
}

/** A warning, and the object whose place it has. */
export interface OwnedWarning {
  readonly warning: VerifyWarning;
  readonly owner: PlacedObject | undefined;
}

/** Why the API server refuses a pod. */
export interface PodRefusal {
  /** The field and the API server's words: `spec.containers[0].image: Required value`. */
  readonly message: string;
  readonly hint?: string | undefined;
}

/** A pod's. */
export interface PodSecrets {
  readonly namespace: string;
  readonly secrets: readonly PullSecret[];
  /** Other pods have the same ones where these are about a service account or a secret. */
  readonly warnings: readonly OwnedWarning[];
  readonly refusals: readonly PodRefusal[];
  /** What is not known, and may be why an image cannot be pulled. */
  readonly hint: string | undefined;
}

/** Chooses as admission and the kubelet do; a pod whose list is malformed is refused. */
export function secretsOfPod(
  of: PlacedPod,
  { secrets, accounts, whyRefused }: GivenObjects,
): PodSecrets {
  const { pod, kind, name } = of.pod;
  const { placed } = of;
  const namespace = of.pod.namespace ?? 'default';
  const who = `${kind} ${namespace}/${name}`;
  const accountName = serviceAccountName(pod);
  const given = accounts.findLast(({ account }) => isAccountOf(pod, account));
  try {
    const resolved = resolvePullSecrets({ pod, serviceAccount: given?.account, secrets });
    const isOfAccount = resolved.from === 'service-account';
    const owner = isOfAccount ? given?.placed : placed;
    const ownerName = isOfAccount ? `ServiceAccount ${namespace}/${accountName}` : who;
    const asSubject = isOfAccount ? `the service account ${namespace}/${accountName}` : 'a pod';
    return {
      namespace,
      secrets: resolved.secrets.filter((secret) => whyRefused(secret) === undefined),
      refusals: resolved.findings.filter(isRefusal).map(refusalOf),
      hint: hintOf(resolved, `${namespace}/${accountName}`),
      warnings: [
        ...notThere(resolved, asSubject).map((warning) => ({ warning, owner })),
        ...refused(resolved, asSubject, whyRefused).map((warning) => ({ warning, owner })),
        ...withoutName(resolved, ownerName).map((warning) => ({ warning, owner })),
        ...duplicates(resolved),
      ],
    };
  } catch (error) {
    const { message } = error as TypeError;
    const subject = message.startsWith('spec.')
      ? ''
      : `ServiceAccount ${namespace}/${accountName}: `;
    const refusals = [{ message: subject + message }];
    return { namespace, secrets: [], refusals, warnings: [], hint: undefined };
  }
}

function isRefusal({ rejectedBy }: Finding): boolean {
  return rejectedBy === 'api-server';
}

/** What admission says names the place itself. */
function refusalOf({ message, hint }: Finding): PodRefusal {
  return { message, hint };
}

function hintOf({ findings }: ResolvedPullSecrets, accountName: string): string | undefined {
  const isUnknown = findings.some(({ code }) => code === 'service-account-not-given');
  if (!isUnknown) return undefined;
  return `if the service account ${accountName} has pull secrets, give its manifest too`;
}

/** In the same words for every pod, so that they can be told once. */
function notThere(
  { namespace, missing, skipped }: ResolvedPullSecrets,
  subject: string,
): VerifyWarning[] {
  return missing.map(({ name }) => {
    const elsewhere = skipped.filter((one) => one.name === name).map((one) => one.namespace);
    const names = `${subject} names the pull secret ${namespace}/${name}`;
    if (elsewhere.length === 0) {
      return {
        code: 'pull-secret-missing',
        message: `${names}, which was not given; a node pulls without it`,
        hint: 'give the file that it is in, or take its name off the list',
      };
    }
    return {
      code: 'pull-secret-other-namespace',
      message: `${names}, which is not there, but in ${elsewhere.join(', ')}`,
      hint: `make a copy of it in the namespace ${namespace}`,
    };
  });
}

/** What is refused is not in the cluster either. */
function refused(
  { namespace, secrets }: ResolvedPullSecrets,
  subject: string,
  whyRefused: WhyRefused,
): VerifyWarning[] {
  return secrets.flatMap((secret) => {
    const refusal = whyRefused(secret);
    if (refusal === undefined) return [];
    const names = `${subject} names the pull secret ${namespace}/${secret.metadata?.name}`;
    return {
      code: 'pull-secret-refused',
      message: `${names}, which the API server refuses: ${refusal}; a node pulls without it`,
      hint: 'correct its manifest; docker-keyring secret validate says all that is wrong with it',
    };
  });
}

function withoutName({ skipped }: ResolvedPullSecrets, ownerName: string): VerifyWarning[] {
  return skipped
    .filter(({ reason }) => reason === 'empty-name')
    .map(() => manifestWarning(`${ownerName}: an entry of imagePullSecrets has no name`));
}

/** Of the other findings, refusals are told of the images, and that an account was not given is a hint. */
function duplicates({ namespace, findings }: ResolvedPullSecrets): OwnedWarning[] {
  return findings
    .filter(({ code }) => code === 'duplicate-secret')
    .map(({ message }) => {
      return { warning: manifestWarning(`namespace ${namespace}: ${message}`), owner: undefined };
    });
}

function manifestWarning(message: string): VerifyWarning {
  return { code: 'manifest', message };
}
