// What lives here: Kubernetes objects: Secrets, service accounts and pods as far as pull credentials need them.
// To add a rule: one file named after its function; name the Kubernetes file that it follows.
// Must not be imported here: a Kubernetes client (only by a lazy import), create-keyring.ts and what is below it.

/** The part of Kubernetes' ObjectMeta that is read here. */
export interface ObjectMeta {
  readonly name?: string | undefined;
  readonly generateName?: string | undefined;
  readonly namespace?: string | undefined;
  readonly uid?: string | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** A Secret, in the shape of `V1Secret` of `@kubernetes/client-node` or of its YAML. */
export interface PullSecret {
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
  readonly metadata?: ObjectMeta | undefined;
  /** Values in standard base64. */
  readonly data?: Readonly<Record<string, string>> | undefined;
  /** Values as text; each replaces `data`'s value of that key, as the API server does it. */
  readonly stringData?: Readonly<Record<string, string>> | undefined;
  readonly type?: string | undefined;
}

/** A reference to a Secret in the same namespace. */
export interface LocalObjectReference {
  readonly name?: string | undefined;
}

/** A Pod, as far as its pull secrets go. */
export interface PodLike {
  readonly metadata?: ObjectMeta | undefined;
  readonly spec?:
    | {
        readonly serviceAccountName?: string | undefined;
        /** The older name of `serviceAccountName`, which comes first. */
        readonly serviceAccount?: string | undefined;
        readonly imagePullSecrets?: readonly LocalObjectReference[] | undefined;
      }
    | undefined;
}

/** A ServiceAccount, as far as its pull secrets go. */
export interface ServiceAccountLike {
  readonly metadata?: ObjectMeta | undefined;
  readonly imagePullSecrets?: readonly LocalObjectReference[] | undefined;
}
