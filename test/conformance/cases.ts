/** A Secret; `data` in base64. */
export interface SecretCase {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}

export type FileName = 'config.json' | '.dockercfg';

/** A search path's files in base64; `null` stands for a directory of that name. */
export type DirectoryCase = Partial<Record<FileName, string | null>>;

/** The node's search paths. With a `root`, the files lie on the disk, in directories `0`, `1`, … below it. */
export interface NodeCase {
  readonly dirs: readonly DirectoryCase[];
  readonly root?: string;
}

export interface LookupCase {
  readonly kind: 'lookup';
  readonly image: string;
  readonly secrets: readonly SecretCase[];
  readonly node?: NodeCase;
}

interface ImageCase {
  readonly kind: 'image';
  readonly image: string;
}

interface MatchCase {
  readonly kind: 'match';
  readonly pattern: string;
  readonly image: string;
}

/** Whether an entry of a keyring is for an image, which need not be a full name. */
interface EntryCase {
  readonly kind: 'entry';
  readonly key: string;
  readonly image: string;
}

interface DefaultPolicyCase {
  readonly kind: 'default-policy';
  readonly image: string;
}

export interface VerificationCase {
  readonly kind: 'verification-policy';
  readonly policy: string;
  readonly allowlist: readonly string[];
  readonly image: string;
  readonly pulledByKubelet: boolean;
}

export interface RecordedObject {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
}

export interface RecordedSecretCase extends RecordedObject {
  readonly credentialHash: string;
}

export interface RecordedCredentials {
  readonly nodePodsAccessible?: boolean;
  readonly secrets?: readonly RecordedSecretCase[];
  readonly serviceAccounts?: readonly RecordedObject[];
}

export interface MustAttemptCase {
  readonly kind: 'must-attempt-pull';
  readonly policy: string;
  readonly allowlist: readonly string[];
  readonly image: string;
  /** The image's id on the node; empty when it is not there. */
  readonly imageRef: string;
  /** What was recorded of the image's pulls, by its names without tag and digest. */
  readonly record?: Readonly<Record<string, RecordedCredentials>>;
  readonly intent: boolean;
  readonly podSecrets: readonly RecordedSecretCase[];
  readonly podServiceAccount?: RecordedObject;
}

export type Case =
  | LookupCase
  | ImageCase
  | EntryCase
  | MatchCase
  | DefaultPolicyCase
  | VerificationCase
  | MustAttemptCase;

/** A credential; the strings in base64, because the kubelet's need not be UTF-8. */
export interface CredentialAnswer {
  readonly username: string;
  readonly password: string;
  readonly email: string;
  readonly hash: string;
  readonly secret: RecordedObject | null;
}

/** What the Go program answers; `message` is the kubelet's error, in Go's words. */
export interface Answer {
  readonly message?: string;
  /** What the kubelet refused: the image's name, a pull secret, or its own configuration. */
  readonly rejected?: 'image' | 'secrets' | 'policy';
  readonly credentials?: readonly CredentialAnswer[] | null;
  /** Lookup: the node's file that was used, as `0/config.json`; empty when none was. */
  readonly file?: string;
  readonly repo?: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly matched?: boolean;
  readonly policy?: string;
  readonly required?: boolean;
  readonly mustPull?: boolean;
}

/** A case with the answer that it must have: one line of a file in `vectors/`. */
export interface Vector {
  /** Where an upstream table has it. */
  readonly origin?: string;
  readonly case: Case;
  readonly answer: Answer;
}

/** The name by which the kubelet records an image's pulls: as it is written, without tag and digest. */
export function nameWithoutTag(image: string): string {
  return image.replace(/@.*$/s, '').replace(/:[^:/]*$/, '');
}
