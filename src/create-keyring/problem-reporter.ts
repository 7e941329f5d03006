// Reports what a keyring notices while it goes on, and what providers and credential helpers failed at.

import { ConfigError, ProviderError } from '../errors.ts';
import type { ProviderAnswer } from '../providers/asking/provider-asker.ts';
import { publish } from '../system/diagnostics.ts';
import type { KeyringOptions, KeyringProblem } from './keyring-options.ts';
import { has } from '../util/own.ts';

/** Reports problems, failures of providers once each, however many lookups they are the answer to. */
export interface ProblemReporter {
  readonly report: (problem: KeyringProblem) => void;
  /** Reports the failures among the answers to a lookup, and throws the first where the options want that. */
  readonly reportFailures: (answers: readonly ProviderAnswer[]) => void;
}

/** Makes one. */
export function createProblemReporter({
  onProblem,
  onProviderError,
}: KeyringOptions): ProblemReporter {
  const reported = new WeakSet<KeyringProblem>();

  function report(problem: KeyringProblem): void {
    if (reported.has(problem)) return;
    reported.add(problem);
    publishProblem(problem);
    onProblem?.(problem);
  }

  return {
    report,
    reportFailures(answers) {
      for (const answer of answers) {
        if (!has(answer, 'error')) continue;
        report(answer.error);
        if (onProviderError === 'throw') throw answer.error;
      }
    },
  };
}

function publishProblem(problem: KeyringProblem): void {
  const { code, message } = problem;
  if (problem instanceof ProviderError) {
    const { provider, image } = problem;
    publish({ kind: 'provider-failed', provider, image, code, message });
  } else if (problem instanceof ConfigError) {
    publish({ kind: 'config-problem', path: problem.path, message });
  } else {
    const { namespace, secretName: name } = problem;
    publish({ kind: 'pull-secret-problem', namespace, name, message });
  }
}
