// Files that hold configuration or credentials of a cloud.

import type { System } from '../../system/system.ts';
import { ProviderFailure } from '../asking/provider-failure.ts';

const MAX_BYTES = 1024 * 1024;

/**
 * Reads a text file.
 *
 * @returns `undefined` when there is none.
 * @throws {@link ProviderFailure} with the path and the error's code.
 */
export async function readText(
  system: Pick<System, 'readFile'>,
  path: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    const content = await system.readFile(path, { maxBytes: MAX_BYTES, signal });
    return content === undefined ? undefined : new TextDecoder().decode(content.bytes);
  } catch (error) {
    signal?.throwIfAborted();
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === undefined ? '' : `: ${code}`;
    throw new ProviderFailure(`${path} cannot be read${reason}`, { cause: error });
  }
}
