// What a provider threw, as an error of this package: its own words, without the secrets that it knows.

import { isKeyringError, ProviderError } from '../../errors.ts';
import { isError } from '../../util/is-error.ts';
import { withoutNamedSecrets } from '../../util/redaction/named-secrets.ts';
import { safeCause } from '../../util/redaction/safe-cause.ts';
import type { SecretMemory } from '../../util/redaction/secret-memory.ts';

/** By name: the package's bundles have these classes each. */
const OWN_ERRORS: ReadonlySet<string> = new Set([
  'ProviderFailure',
  'MalformedResponse',
  'HttpFailure',
]);

/** Makes the error that callers see. */
export function failureOf(
  asked: { readonly provider: { readonly name: string }; readonly image: string },
  error: unknown,
  secrets: Pick<SecretMemory, 'redact' | 'isIn'>,
): ProviderError {
  const reason = secrets.redact(reasonOf(error));
  const shown = {
    isIn: (text: string): boolean => secrets.isIn(text),
    redact: (text: string): string => secrets.redact(withoutNamedSecrets(text, error)),
  };
  const cause = isQuoting(error) ? undefined : safeCause(error, shown);
  return new ProviderError(asked.provider.name, asked.image, reason, { cause, original: error });
}

/** What was thrown, in its own words. V8's quote what it cannot parse, of a document or of a module's source. */
export function messageOf(error: unknown): string {
  if (!isError(error)) return 'something was thrown that is not an Error';
  return isQuoting(error)
    ? 'its message is left out, since it quotes what was read'
    : withoutNamedSecrets(error.message, error);
}

function isQuoting(error: unknown): boolean {
  return isError(error) && error.name === 'SyntaxError';
}

/** Why a call failed: what was thrown, with whatever secrets its author put there. */
export function reasonOf(error: unknown): string {
  if (isKeyringError(error) || (isError(error) && OWN_ERRORS.has(error.name))) {
    return error.message;
  }
  if (!isError(error)) return 'it threw something that is not an Error';
  const message = messageOf(error);
  return message === '' ? `it threw ${error.name}` : `it threw ${error.name}: ${message}`;
}
