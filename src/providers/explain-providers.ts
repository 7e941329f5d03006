// Explains the third layer: the providers.

import { explainEntries, isInAnswer, type EntryContext } from '../keyring/explain-entries.ts';
import type { ExplainedSource } from '../keyring/explanation.ts';
import { responseEntries, type ProviderAnswer, type ReadyProvider } from './ask-providers.ts';

/** One source for each provider, those that were not asked included. */
export function explainProviders(
  providers: readonly ReadyProvider[],
  answers: readonly ProviderAnswer[],
  context: EntryContext,
): ExplainedSource[] {
  return providers.map(({ provider }) => {
    const answer = answers.find((one) => one.provider === provider);
    const common = {
      layer: 'providers',
      source: { kind: 'provider', provider: provider.name },
      entries: [],
      otherEntries: 0,
      problems: [],
    } as const;
    if (answer === undefined) {
      const message = `not asked: none of its matchImages matches (${provider.matchImages.join(', ')})`;
      return { ...common, status: 'skipped', message };
    }
    if ('error' in answer) {
      const problems = [answer.error.message];
      return {
        ...common,
        status: 'failed',
        message: 'it failed, and contributes nothing',
        problems,
      };
    }
    return { ...common, ...explainAnswer(answer, context) };
  });
}

function explainAnswer(
  answer: ProviderAnswer,
  context: EntryContext,
): Pick<ExplainedSource, 'status' | 'message' | 'entries' | 'otherEntries'> {
  const configs = responseEntries(answer, true).map(({ entry }) => entry.config);
  const explained = explainEntries(configs, context);
  const isUsed = explained.entries.some(isInAnswer);
  if (isUsed) return { ...explained, status: 'used', message: 'asked now; it gave credentials' };
  const message =
    configs.length === 0 ? 'asked now; it has nothing' : 'asked now; no key of its answer matches';
  return { ...explained, status: 'no-match', message };
}
