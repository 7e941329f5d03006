/** Something that is wrong with an object, or likely not what was meant. It never holds a secret. */
export interface Finding {
  /** What it is; stable across releases. */
  readonly code: string;
  /** `error` when somebody rejects the object or what depends on it, else `warning`. */
  readonly severity: 'error' | 'warning';
  /** Who rejects it: the API server refuses to store it, or the kubelet fails each pull that needs it. */
  readonly rejectedBy?: 'api-server' | 'kubelet';
  /** The path of the field, as the API server writes it: `data[.dockerconfigjson]`. */
  readonly field: string;
  /** What is wrong. From the API server this is its own wording. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** A finding without its severity. */
export interface FindingText {
  readonly code: string;
  readonly field: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** What the API server refuses. */
export function apiServerError(text: FindingText): Finding {
  return finding('error', 'api-server', text);
}

/** What the kubelet fails pulls for. */
export function kubeletError(text: FindingText): Finding {
  return finding('error', 'kubelet', text);
}

/** What nobody rejects. */
export function warning(text: FindingText): Finding {
  return finding('warning', undefined, text);
}

function finding(
  severity: Finding['severity'],
  rejectedBy: Finding['rejectedBy'],
  { code, field, message, hint }: FindingText,
): Finding {
  return {
    code,
    severity,
    ...(rejectedBy === undefined ? {} : { rejectedBy }),
    field,
    message,
    ...(hint === undefined ? {} : { hint }),
  };
}
