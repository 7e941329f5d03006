// What a provider threw, as an error of this package: its own words, without the secrets that it knows.

import { isKeyringError, ProviderError } from '../errors.ts';
import { isError } from './is-error.ts';
import { safeCause } from './safe-cause.ts';
import type { SecretMemory } from './secret-memory.ts';

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
  const cause = safeCause(error, secrets);
  return new ProviderError(asked.provider.name, asked.image, reason, { cause, original: error });
}

function reasonOf(error: unknown): string {
  if (isKeyringError(error) || (isError(error) && OWN_ERRORS.has(error.name))) {
    return error.message;
  }
  if (!isError(error)) return 'it threw something that is not an Error';
  return error.message === ''
    ? `it threw ${error.name}`
    : `it threw ${error.name}: ${error.message}`;
}
