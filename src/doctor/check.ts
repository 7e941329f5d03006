// What `doctor` finds: plain data that can be serialised, without secrets.

import type { ExplainedCredential } from '../explain/explanation.ts';

/** `'info'` is worth knowing, and no problem. */
export type CheckStatus = 'ok' | 'info' | 'warning' | 'failure';

export type CheckArea = 'machine' | 'network' | 'docker-config' | 'helpers' | 'provider';

export interface Check {
  readonly area: CheckArea;
  /** The provider's name, in the area `provider`. */
  readonly provider?: string;
  /** A file, a variable, a program, or a part of a provider such as `identity`, `token`, `clock`. */
  readonly subject: string;
  readonly status: CheckStatus;
  /** What was found, as a phrase. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** The file that it is about, as it is written in the texts. */
  readonly path?: string;
}

/** What an image would get on this machine. */
export interface ImageCheck {
  readonly image: string;
  readonly status: CheckStatus;
  readonly message: string;
  readonly hint?: string;
  /** Sources that failed, each in a sentence. */
  readonly problems: readonly string[];
  /** The credentials that would be tried, in order. */
  readonly credentials: readonly ExplainedCredential[];
}

export interface MachineDiagnosis {
  readonly checks: readonly Check[];
  readonly images: readonly ImageCheck[];
}

const BY_SEVERITY: readonly CheckStatus[] = ['failure', 'warning', 'ok'];

/** The worst of several; `'info'` counts as `'ok'`. */
export function worstStatus(all: readonly { readonly status: CheckStatus }[]): CheckStatus {
  return BY_SEVERITY.find((one) => all.some(({ status }) => status === one)) ?? 'ok';
}
