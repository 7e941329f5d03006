// What is wrong in a configuration as one error: the kubelet's whole text, and every problem with its place.

import { PluginConfigError } from '../../../errors.ts';
import type { Problem } from '../../../go/document/decode.ts';

/** An error with its stack is large, and a document of 10 MiB can have a million problems. */
const MAX_ERRORS = 100;

/**
 * The error for some problems.
 *
 * @param path - The file of the first.
 * @param problems - At least one. The error has the place of the first; of several, its `cause` is an `AggregateError`
 *   with one error each, up to a hundred.
 * @param reason - The kubelet's text for them all; the first problem's by default.
 */
export function pluginConfigError(
  path: string,
  problems: readonly (Problem & { readonly path?: string })[],
  reason?: string,
): PluginConfigError {
  const errors = problems.slice(0, MAX_ERRORS).map(
    (problem) =>
      new PluginConfigError({
        path: problem.path ?? path,
        reason: problem.message,
        position: problem.position,
      }),
  );
  const [first] = problems;
  const whole = {
    path: first?.path ?? path,
    reason: reason ?? String(first?.message),
    position: first?.position,
  };
  if (errors.length < 2) return new PluginConfigError(whole);
  return new PluginConfigError(whole, { cause: new AggregateError(errors) });
}
