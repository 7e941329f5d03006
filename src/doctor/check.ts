// What a look at this machine answers: plain data, serialisable, without secrets.

import type { ExplainedCredential } from '../explain/explanation.ts';

/** How a thing is. `'info'` is worth knowing, and in nobody's way. */
export type CheckStatus = 'ok' | 'info' | 'warning' | 'failure';

/** What a check is about. */
export type CheckArea = 'machine' | 'network' | 'docker-config' | 'helpers' | 'provider';

/** One thing that was looked at. */
export interface Check {
  readonly area: CheckArea;
  /** The provider's name, where it is about one. */
  readonly provider?: string;
  /** What was looked at: a file, a variable, a program, `identity`, `token`, `clock`. */
  readonly subject: string;
  readonly status: CheckStatus;
  /** What was found, as a phrase. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** The file that it is about; the texts hold it in this form. */
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

/** What was found on a machine. */
export interface MachineDiagnosis {
  readonly checks: readonly Check[];
  readonly images: readonly ImageCheck[];
}

const BY_SEVERITY: readonly CheckStatus[] = ['failure', 'warning', 'ok'];

/** The worst of several; what is only worth knowing makes nothing worse. */
export function worstStatus(all: readonly { readonly status: CheckStatus }[]): CheckStatus {
  return BY_SEVERITY.find((one) => all.some(({ status }) => status === one)) ?? 'ok';
}
