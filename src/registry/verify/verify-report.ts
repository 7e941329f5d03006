// What verifyImages says: plain data without secrets.

import type { CredentialSource } from '../../credential/credential.ts';

/** What became of an image. */
export type ImageStatus =
  /** A node with these secrets can pull it. */
  | 'pullable'
  /** The registry refused every candidate, or the kubelet would get no further than the pod's secrets. */
  | 'refused'
  /** The registry let somebody in, and has no such image; or it hides it. */
  | 'not-found'
  /** The registry offers it in a way that containerd, which pulls on a node, does not take. */
  | 'unsupported'
  /** The registry or its token server did not answer, or not with anything that says yes or no. */
  | 'unreachable'
  /** It is no image reference: the kubelet says `InvalidImageName`. */
  | 'invalid-name'
  /** The API server refuses the pod, so that no node gets it; the registry is not asked. */
  | 'pod-refused'
  /** The pull policy is `Never`: whether it works, only the node knows; the registry is not asked. */
  | 'never-pulled';

/** What became of one candidate. */
export type CandidateOutcome = 'accepted' | 'refused' | 'not-found' | 'failed';

/** One credential that was tried, or the anonymous try. Candidates behind the one that was accepted are not tried. */
export interface VerifiedCandidate {
  /** From 1, as `explain` counts. */
  readonly position: number;
  /** `undefined` for the anonymous try. */
  readonly source?: CredentialSource;
  /** The entry that matched. */
  readonly key?: string;
  /** `[redacted]` where it is a secret too, `''` where there is none. */
  readonly username?: string;
  readonly outcome: CandidateOutcome;
  /** The status of the HTTP answer that decided. */
  readonly status?: number;
  /** What the registry said, as a phrase. */
  readonly message: string;
  /** When the credential ends to be valid, as ISO 8601, where that is known. */
  readonly expiresAt?: string;
}

/** A place that names an image. */
export interface ImageUse {
  /** The object's kind: `Deployment`. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** What of the pod: `container web`, `init container migrate`, `volume model`. */
  readonly part: string;
  /** The file, where it is from one. */
  readonly path?: string;
  /** From 1, where it is from a file. */
  readonly line?: number;
}

/** What kind of thing a warning is about. */
export type VerifyWarningCode =
  /** The image is named by `:latest`, or by no tag and no digest. */
  | 'latest-tag'
  /** A platform that was asked for is not among the image's. */
  | 'platform-missing'
  /** The credential that was accepted ends soon. */
  | 'credential-expires'
  /** A credential that stands before the accepted one was refused. */
  | 'credential-refused'
  /** No pod uses the pull secret, or it has no entry for any of their images. */
  | 'pull-secret-unused'
  /** A pod names a pull secret of another namespace. */
  | 'pull-secret-other-namespace'
  /** A pod names a pull secret that is not in what was given. */
  | 'pull-secret-missing'
  /** A pod names a pull secret that the API server refuses. */
  | 'pull-secret-refused'
  /** What stands in a directory of manifests cannot be read, and is left out. */
  | 'file-skipped'
  /** Something else is odd about a pod, its service account or a secret. */
  | 'manifest'
  /** Few pulls are left at the registry. */
  | 'rate-limit';

/** Something that does not keep a node from pulling, or not today. */
export interface VerifyWarning {
  readonly code: VerifyWarningCode;
  /** As a sentence without its full stop. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** The object that it is about, where there is one. */
  readonly path?: string;
  readonly line?: number;
}

/** What was found out about one image, for pods that have the same credentials. */
export interface VerifiedImage {
  /** As it was written; `''` for a pod that is refused and names none. */
  readonly image: string;
  readonly status: ImageStatus;
  /** Why, as a sentence without its full stop. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** The image's registry; `undefined` where its name is malformed. */
  readonly registry?: string;
  /** What was tried, in order; empty where the registry was not asked. */
  readonly candidates: readonly VerifiedCandidate[];
  /** The one of `candidates` that was accepted. */
  readonly accepted?: VerifiedCandidate;
  /** Of the manifest: `sha256:…`. */
  readonly digest?: string;
  /** Of the manifest. */
  readonly mediaType?: string;
  /** `linux/amd64`, `linux/arm/v7`, where they were asked for. */
  readonly platforms?: readonly string[];
  /** The places that name it; empty for one that was named by itself. */
  readonly usedBy: readonly ImageUse[];
  readonly warnings: readonly VerifyWarning[];
}

/** How many pulls a registry allows. */
export interface RateLimit {
  readonly limit: number;
  readonly remaining: number;
  /** The time in which `limit` counts, in seconds, where the registry says it. */
  readonly windowSeconds?: number;
  /** Whose limit it is, where the registry says it: an address or an account. */
  readonly source?: string;
}

/** What was seen of one registry. */
export interface RegistryUsage {
  readonly registry: string;
  /** How many images were asked about. */
  readonly images: number;
  /** How many requests were sent to it and its token server. */
  readonly requests: number;
  /** The lowest that it reported. */
  readonly rateLimit?: RateLimit;
}

/** What {@link verifyImages} found. Plain data without secrets. */
export interface VerifyReport {
  /** Whether a node can pull every image. */
  readonly ok: boolean;
  readonly images: readonly VerifiedImage[];
  /** Warnings that are about no single image. */
  readonly warnings: readonly VerifyWarning[];
  readonly registries: readonly RegistryUsage[];
}
