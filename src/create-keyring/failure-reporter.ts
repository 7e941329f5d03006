// Tells of what providers and credential helpers failed at.

import type { ProviderError } from '../errors.ts';
import type { ProviderAnswer } from '../providers/asking/provider-asker.ts';
import { publish } from '../system/diagnostics.ts';
import type { KeyringOptions } from './keyring-options.ts';

/** Tells of failures, each once, however many lookups it is the answer to. */
export interface FailureReporter {
  readonly tell: (error: ProviderError) => void;
  /** Tells of those among the answers to a lookup, and throws the first where the options want that. */
  readonly report: (answers: readonly ProviderAnswer[]) => void;
}

/** Makes one. */
export function createFailureReporter({ onProviderError }: KeyringOptions): FailureReporter {
  const told = new WeakSet<ProviderError>();

  function tell(error: ProviderError): void {
    if (told.has(error)) return;
    told.add(error);
    const { provider, image, code, message } = error;
    publish({ kind: 'provider-failed', provider, image, code, message });
    if (onProviderError !== 'throw') onProviderError?.(error);
  }

  return {
    tell,
    report(answers) {
      for (const answer of answers) {
        if (!('error' in answer)) continue;
        tell(answer.error);
        if (onProviderError === 'throw') throw answer.error;
      }
    },
  };
}
