// Explains the third layer: the providers.

import { given, has } from '../util/own.ts';
import { shownUrl } from '../util/redaction/shown-url.ts';
import { explainEntries, isInAnswer, type EntryContext } from './explain-entries.ts';
import type { ExplainedSource, ExplanationWarning } from './explanation.ts';
import type { CredentialProvider } from '../providers/contract.ts';
import type { ProviderAnswer } from '../providers/asking/provider-asker.ts';
import { responseEntries } from '../providers/asking/response-entries.ts';

/** More patterns than these are counted, not listed. */
const MAX_LISTED = 3;

/** One source for each provider, those that were not asked included. */
export function explainProviders(
  providers: readonly CredentialProvider[],
  answers: readonly ProviderAnswer[],
  context: EntryContext,
): ExplainedSource[] {
  const answerOf = new Map(answers.map((answer) => [answer.provider, answer]));
  return providers.map((provider) => {
    const answer = answerOf.get(provider);
    const common = {
      layer: 'providers',
      source: { kind: 'provider', provider: provider.name },
      entries: [],
      otherEntries: 0,
      problems: [],
    } as const;
    if (answer === undefined) {
      return { ...common, status: 'skipped', message: notAskedMessage(provider) };
    }
    if (has(answer, 'notAsked')) {
      return { ...common, status: 'skipped', message: `not asked: ${answer.notAsked}` };
    }
    if (has(answer, 'error')) {
      const problems = [answer.error.message];
      return { ...common, status: 'failed', message: failureMessage(answer.retryInMs), problems };
    }
    return { ...common, ...explainAnswer(answer, context) };
  });
}

/** Warns of credentials of the machine's where they were asked for a service account. */
export function unusedTokenWarning(answer: ProviderAnswer): ExplanationWarning[] {
  if (!has(answer, 'response')) return [];
  const { provider, identity, response } = answer;
  const reason = response?.serviceAccountTokenUnused;
  if (identity.serviceAccount === undefined || reason === undefined) return [];
  const { namespace, name } = identity.serviceAccount;
  return [
    {
      code: 'service-account-token-unused',
      message: `provider ${provider.name} answered with this machine's own identity, and not as the service account ${namespace}/${name}: ${reason}`,
      hint: 'such pods pull with what the node may read; give the service account the annotation if it is to pull as itself',
    },
  ];
}

/** How the message on a provider begins that is for other images. */
export const NOT_MATCHED = 'not asked: none of its matchImages matches';

function notAskedMessage(provider: CredentialProvider): string {
  const reason = skipReasonOf(provider);
  if (reason !== undefined) return `not asked: ${reason}`;
  const { matchImages } = provider;
  const shown = matchImages.slice(0, MAX_LISTED).map(shownUrl).join(', ');
  const more = matchImages.length - MAX_LISTED;
  return `${NOT_MATCHED} (${shown}${more > 0 ? `, and ${more} more` : ''})`;
}

/** What it throws is told where it is asked. */
function skipReasonOf(provider: CredentialProvider): string | undefined {
  try {
    return given(provider, 'skipReason')?.call(provider);
  } catch {
    return undefined;
  }
}

function failureMessage(retryInMs: number): string {
  const again = retryInMs > 0 ? `; it is asked again in ${Math.ceil(retryInMs / 1000)} s` : '';
  return `it failed, and contributes nothing${again}`;
}

function explainAnswer(
  answer: Extract<ProviderAnswer, { readonly from: string }>,
  context: EntryContext,
): Pick<ExplainedSource, 'status' | 'message' | 'entries' | 'otherEntries'> {
  const configs = responseEntries(answer, true).map(({ entry }) => entry.config);
  const explained = explainEntries(configs, context);
  const asked = answer.from === 'cache' ? 'remembered from before' : 'asked now';
  if (explained.entries.some(isInAnswer)) {
    const until = answer.response?.expiresAt;
    const end = until === undefined ? '' : `, which end at ${until.toISOString()}`;
    return { ...explained, status: 'used', message: `${asked}; it gave credentials${end}` };
  }
  const message =
    configs.length === 0 ? `${asked}; it has nothing` : `${asked}; no key of its answer matches`;
  return { ...explained, status: 'no-match', message };
}
