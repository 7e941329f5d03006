// Opens the place where tokens are kept between starts of a plugin or a helper. Whatever is wrong with it, the process
// goes on without.

import { keyBytes, storeKeysProblem, type SharedCache } from '../shared-cache.ts';
import { publish } from '../../system/diagnostics.ts';
import { nodeCrypto } from '../../system/node-crypto.ts';
import { nodeSystem } from '../../system/node-system.ts';
import type { System } from '../../system/system.ts';
import { checkDirectory, defaultDirectory } from './cache-directory.ts';
import { openKeyFile } from './key-file.ts';
import { createTokenFileStore, type TokenFileStore } from './token-file-store.ts';
import { refuseUnknown } from '../../util/option-checks.ts';

/** A {@link SharedCache} that keeps tokens in files. */
export interface TokenFileCache extends SharedCache {
  readonly store: TokenFileStore;
  readonly keys: readonly Uint8Array[];
}

/** Where tokens are kept, how they are encrypted, and whose they are. */
export interface TokenFileCacheOptions {
  /**
   * A directory of this user's alone; it is made (mode 0700) where it is missing.
   *
   * @defaultValue `$XDG_CACHE_HOME/docker-keyring`, `~/.cache/docker-keyring`, or, for root without a `HOME`,
   * `/var/cache/docker-keyring`
   */
  readonly directory?: string | undefined;
  /**
   * 32 random bytes, as bytes or in base64.
   *
   * @defaultValue the file `key` in the directory, made (mode 0600) where it is missing
   */
  readonly key?: string | Uint8Array | undefined;
  /**
   * Anything that decides whose tokens these are, beside what providers say themselves (`cachePrincipal`) and, for those
   * that do not, the variables of the environment and the clouds' files. Processes with different texts share nothing.
   *
   * @defaultValue none
   */
  readonly principal?: string | undefined;
  /**
   * Is told why the cache is not used, and of files in it that are ignored. Never of anything secret.
   *
   * @defaultValue the diagnostics channel is told: `{ kind: 'store-problem' }`
   */
  readonly onProblem?: ((message: string) => void) | undefined;
  /**
   * The outside world. Tests put their own here.
   *
   * @defaultValue this machine
   */
  readonly system?: System | undefined;
}

/** Names this use of a key, so that no other one has the same bytes. */
const PURPOSE = 'docker-keyring token files 1';

const OPTIONS = {
  directory: true,
  key: true,
  onProblem: true,
  principal: true,
  system: true,
} as const;

/**
 * Opens the token cache; `undefined` where there is no place for one, or the place is not this user's alone, which
 * `onProblem` is told of.
 *
 * @throws TypeError for a key that is none, without quoting it, and for an empty directory name.
 * @example
 * ```ts
 * const sharedCache = await openTokenFileCache({ directory: '/var/cache/docker-keyring' });
 * await using keyring = createKeyring({ sharedCache, dockerConfig: false });
 * ```
 */
export async function openTokenFileCache(
  options: TokenFileCacheOptions = {},
): Promise<TokenFileCache | undefined> {
  const given = refuseUnknown('openTokenFileCache', options, OPTIONS);
  checkKey(given);
  const { system = nodeSystem, principal = '', onProblem = tellChannel } = given;
  const { directory = await defaultDirectory(system) } = given;
  if (directory === undefined) {
    onProblem(
      'tokens are not kept: there is no home directory; set XDG_CACHE_HOME, or name a cache directory',
    );
    return undefined;
  }
  const keyPath = `${directory}/key`;
  try {
    const looking = naming(directory, checkDirectory(system, directory));
    // Loading it takes as long as all the rest: now, while the disk is looked at.
    nodeCrypto();
    await looking;
    const key =
      given.key === undefined
        ? await naming(keyPath, openKeyFile(system, keyPath))
        : keyBytes(given.key);
    return {
      store: createTokenFileStore({ directory, system, onProblem }),
      keys: [principalKey(key, principal)],
    };
  } catch (error) {
    onProblem((error as Error).message);
    return undefined;
  }
}

function checkKey({ directory, key }: TokenFileCacheOptions): void {
  if (directory === '') throw new TypeError('openTokenFileCache: directory must not be empty');
  if (key !== undefined && storeKeysProblem([key]) !== undefined) {
    throw new TypeError(
      'openTokenFileCache: key must be 32 random bytes: a Uint8Array, or their base64 text',
    );
  }
}

/** All processes with one key are one principal to the fleet; so each principal has its own. */
function principalKey(key: Uint8Array, principal: string): Uint8Array {
  const hmac = nodeCrypto().createHmac('sha256', key).update(`${PURPOSE}\n${principal}`);
  return Uint8Array.from(hmac.digest());
}

async function naming<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`tokens are not kept in ${path}: ${code ?? message}`, { cause: error });
  }
}

function tellChannel(message: string): void {
  publish({ kind: 'store-problem', message });
}
