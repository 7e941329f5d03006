// Cloud SDKs are optional and heavy: each is loaded when an image of its cloud is first asked for.

import { MissingPackageError } from '../../errors.ts';

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
    // Node names the missing package in the message only; one of its own dependencies may be missing as well.
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`)) {
      throw new MissingPackageError(name, { cause: error });
    }
    throw error;
  }
}
