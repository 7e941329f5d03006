// Cloud SDKs are optional and heavy: each is loaded when an image of its cloud is first asked for.

import { MissingPackageError } from '../../errors.ts';

/** What `import()` says, and `require`, which dist/ has in its place. */
const NOT_FOUND = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']);

/**
 * Loads a package.
 *
 * @param load - A function of `import('name')` with a literal name, which bundlers and type checkers understand.
 * @throws {@link MissingPackageError} when it is not installed.
 */
export async function importPackage<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    // The missing package is named in the message only; one of its own dependencies may be missing as well.
    const { code, message } = error as NodeJS.ErrnoException;
    if (NOT_FOUND.has(String(code)) && message.includes(`'${name}'`)) {
      throw new MissingPackageError(name, { cause: error });
    }
    throw error;
  }
}
