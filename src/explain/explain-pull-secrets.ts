// Explains the first layer: the pull secrets.

import { explainEntries, isInAnswer, type EntryContext } from './explain-entries.ts';
import type { ExplainedSource } from './explanation.ts';
import type { DecodedPullSecret } from '../kubernetes/secret/decode-pull-secret.ts';
import type { PullSecretLayer } from '../kubernetes/secret/pull-secret-layer.ts';

/** One source for each secret. */
export function explainPullSecrets(
  { secrets }: PullSecretLayer,
  context: EntryContext,
  nowMs: number,
): ExplainedSource[] {
  return secrets.map((secret) => explainSecret(secret, context, nowMs));
}

function explainSecret(
  secret: DecodedPullSecret,
  context: EntryContext,
  nowMs: number,
): ExplainedSource {
  const { source } = secret;
  const common = { layer: 'pull-secrets', source } as const;
  const nothing = { entries: [], otherEntries: 0, problems: [] };
  if (secret.status === 'ignored') {
    return { ...common, ...nothing, status: 'skipped', message: `ignored: ${secret.message}` };
  }
  if (secret.status === 'malformed') {
    const problems = [secret.error.message];
    return {
      ...common,
      ...nothing,
      status: 'malformed',
      message: 'skipped: it is malformed',
      problems,
    };
  }
  const kubelets = { ...context, isForKubelets: true, judgedAtMs: nowMs };
  const { entries, otherEntries } = explainEntries(secret.config.entries, kubelets);
  const isUsed = entries.some(isInAnswer);
  return {
    ...common,
    status: isUsed ? 'used' : 'no-match',
    message: isUsed ? 'entries of it match' : 'no entry of it matches',
    entries,
    otherEntries,
    problems: secret.config.problems.map(({ reason, position }) => {
      return `data[${secret.key}], line ${position.line}, column ${position.column}: ${reason}`;
    }),
  };
}
