// The subpath docker-keyring/kubelet: whether a kubelet pulls, and what it remembers of pulls. Named exports, no logic.

export { credentialHash } from './credential-hash.ts';
export {
  requiresCredentialVerification,
  type CredentialVerificationPolicy,
  type VerificationQuestion,
} from './credential-verification.ts';
export {
  decidePull,
  defaultPullPolicy,
  type PullDecision,
  type PullPolicy,
  type PullQuestion,
  type PullReason,
  type PullVerification,
} from './pull-policy.ts';
export type {
  PullMatch,
  PullRecord,
  RecordedSecret,
  RecordedServiceAccount,
} from './pull-record.ts';
