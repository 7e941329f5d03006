import { own } from '../util/own.ts';

/** A pull secret's credential, as the kubelet records it with an image. */
export interface RecordedSecret {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** The kubelet's hash of the credential; `''` where it could not be computed. */
  readonly credentialHash: string;
}

/** A service account, as the kubelet records it with an image. */
export interface RecordedServiceAccount {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
}

/**
 * What the kubelet recorded of the pulls of one image by one name: an `ImagePullCredentials` of an `ImagePulledRecord`.
 * (Nodes keep these under `/var/lib/kubelet/image_manager/pulled`.)
 */
export interface PullRecord {
  /** The image was pulled without any credential of a pod: every pod may use it. */
  readonly nodePodsAccessible?: boolean | undefined;
  readonly kubernetesSecrets?: readonly RecordedSecret[] | undefined;
  readonly kubernetesServiceAccounts?: readonly RecordedServiceAccount[] | undefined;
}

/** Whether a pod may use an image by what was recorded of it. */
export type PullMatch =
  | {
      readonly accessible: true;
      readonly reason:
        'image-open-to-every-pod' | 'same-credential' | 'same-secret' | 'same-service-account';
    }
  | {
      readonly accessible: false;
      readonly reason:
        'no-pull-record' | 'record-without-credentials' | 'credentials-not-in-record';
    };

// writeRecordWhileMatchingLimit: a record so long isn't updated any more, and so a secret with a new password no longer
// counts as the old one.
const MAX_UPDATED_SECRETS = 100;

/** Follows Kubernetes v1.37.2, `pkg/kubelet/images/pullmanager/image_pull_manager.go`, `MustAttemptImagePull`. */
export function matchPullRecord(known: {
  readonly record?: PullRecord | undefined;
  readonly podSecrets?: readonly RecordedSecret[] | undefined;
  readonly podServiceAccount?: RecordedServiceAccount | undefined;
}): PullMatch {
  const { record, podSecrets = [], podServiceAccount } = own(known);
  if (record === undefined) return { accessible: false, reason: 'no-pull-record' };
  return matchRecord(own(record), podSecrets, podServiceAccount);
}

function matchRecord(
  record: PullRecord,
  podSecrets: readonly RecordedSecret[],
  podServiceAccount: RecordedServiceAccount | undefined,
): PullMatch {
  if (record.nodePodsAccessible === true) {
    return { accessible: true, reason: 'image-open-to-every-pod' };
  }
  const { kubernetesSecrets = [], kubernetesServiceAccounts = [] } = record;
  if (kubernetesSecrets.length === 0 && kubernetesServiceAccounts.length === 0) {
    return { accessible: false, reason: 'record-without-credentials' };
  }
  const secretMatch = matchSecrets(podSecrets, kubernetesSecrets);
  if (secretMatch !== undefined) return { accessible: true, reason: secretMatch };
  return kubernetesServiceAccounts.some((recorded) => isSameObject(recorded, podServiceAccount))
    ? { accessible: true, reason: 'same-service-account' }
    : { accessible: false, reason: 'credentials-not-in-record' };
}

function matchSecrets(
  podSecrets: readonly RecordedSecret[],
  recorded: readonly RecordedSecret[],
): 'same-credential' | 'same-secret' | undefined {
  if (recorded.length >= MAX_UPDATED_SECRETS) return matchHashes(podSecrets, recorded);
  for (const podSecret of podSecrets) {
    for (const candidate of recorded) {
      const hash = candidate.credentialHash;
      if (hash !== '' && hash === podSecret.credentialHash) return 'same-credential';
      if (isSameObject(candidate, podSecret)) return 'same-secret';
    }
  }
  return undefined;
}

function matchHashes(
  podSecrets: readonly RecordedSecret[],
  recorded: readonly RecordedSecret[],
): 'same-credential' | undefined {
  const hashes = new Set(recorded.map(({ credentialHash }) => credentialHash));
  hashes.delete('');
  const isKnown = podSecrets.some(({ credentialHash }) => hashes.has(credentialHash));
  return isKnown ? 'same-credential' : undefined;
}

function isSameObject(
  one: RecordedServiceAccount,
  other: RecordedServiceAccount | undefined,
): boolean {
  return one.uid === other?.uid && one.namespace === other.namespace && one.name === other.name;
}
