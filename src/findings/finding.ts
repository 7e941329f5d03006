// What lives here: what can be wrong with Docker configuration documents, their entries and their credentials, each rule
// once. Whoever meets a document shows its findings: validate, explain, verify, doctor. To add a rule: a function beside
// the others of its subject, called by documentFindings. Must not be imported here: anything below keyring/.

import { own } from '../util/own.ts';

/** Where a finding was made, as far as it is known. */
export interface FindingPlace {
  /** The path of the file, or the name of the variable. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** `namespace/name`. */
  readonly secret?: string;
  /** The name of the entry, without what could be a secret in it. */
  readonly key?: string;
  /** The path of the field, as the API server writes it: `data[.dockerconfigjson]`. */
  readonly field?: string;
  /** The registry's host, with its port if it has one. */
  readonly host?: string;
}

/** Something that is wrong with a document or an object, or likely not what was meant. It never holds a secret. */
export interface Finding {
  /** What it is; stable across releases. */
  readonly code: string;
  /** `error` when somebody rejects the object or what depends on it, `note` for what is right as often as not. */
  readonly severity: 'error' | 'warning' | 'note';
  /** Who rejects it: the API server refuses to store it, or the kubelet fails each pull that needs it. */
  readonly rejectedBy?: 'api-server' | 'kubelet';
  /** What is wrong. From the API server this is its own wording. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  readonly where: FindingPlace;
}

/** A finding without its severity. */
export interface FindingText {
  readonly code: string;
  /** `''` for the whole. */
  readonly field: string;
  /** The name of the entry, without what could be a secret in it. */
  readonly key?: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** What the API server refuses. */
export function apiServerError(text: FindingText): Finding {
  return { ...finding('error', text), rejectedBy: 'api-server' };
}

/** What the kubelet fails pulls for. */
export function kubeletError(text: FindingText): Finding {
  return { ...finding('error', text), rejectedBy: 'kubelet' };
}

/** What is wrong, whoever looks at it. */
export function problem(text: FindingText): Finding {
  return finding('error', text);
}

/** What nobody rejects. */
export function warning(text: FindingText): Finding {
  return finding('warning', text);
}

/** What is right as often as not. */
export function note(text: FindingText): Finding {
  return finding('note', text);
}

function finding(severity: Finding['severity'], text: FindingText): Finding {
  const { code, field, key, message, hint } = own(text);
  return {
    code,
    severity,
    message,
    ...(hint === undefined ? {} : { hint }),
    where: { ...(key === undefined ? {} : { key }), ...(field === '' ? {} : { field }) },
  };
}

/** Whether a finding asks for something to be done. */
export function isFault({ severity }: Finding): boolean {
  return severity !== 'note';
}

/** The findings with the file or Secret that their document is in. */
export function foundIn(findings: readonly Finding[], place: FindingPlace): Finding[] {
  return findings.map((one) => ({ ...one, where: { ...place, ...one.where } }));
}
