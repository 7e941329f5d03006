// Where tokens are kept between starts, and whether that place is this user's alone.

import type { FileStamp, System } from '../../system/system.ts';
import { isThere, makeDirectoryAtHome, type HomeSystem } from '../file-lock/make-directory.ts';

/** What finding the directory asks of the world. */
export type PlaceSystem = HomeSystem & Pick<System, 'platform' | 'userId'>;

const NAME = 'docker-keyring';
const OTHERS_MAY = 0o077;

/**
 * The directory where none is named, as the XDG Base Directory Specification 0.8 has it. A service has no `HOME`, or one
 * that does not exist: root's is then /var/cache/docker-keyring. `undefined` where there is no place.
 */
export async function defaultDirectory(system: PlaceSystem): Promise<string | undefined> {
  const cacheHome = system.env('XDG_CACHE_HOME') ?? '';
  // The specification: relative paths are ignored.
  if (cacheHome.startsWith('/')) return `${cacheHome}/${NAME}`;
  const localData = system.platform === 'win32' ? system.env('LOCALAPPDATA') : undefined;
  if (localData) return `${localData}/${NAME}/cache`;
  const isRoot = system.userId() === 0;
  // Without the variable it is what the user database says, which a service that runs as root is not started with.
  const home = system.env('HOME') || (isRoot ? '' : system.homeDirectory());
  if (home !== '' && (await isThere(system, home))) return `${home}/.cache/${NAME}`;
  return isRoot ? `/var/cache/${NAME}` : undefined;
}

/**
 * Makes the directory where it is missing.
 *
 * @throws an error that says in one phrase why it is not to be used.
 */
export async function checkDirectory(system: PlaceSystem, directory: string): Promise<void> {
  const stamp = await system.stat(directory);
  if (stamp === undefined) await makeDirectoryAtHome(system, directory);
  checkPrivate(system, stamp ?? (await system.stat(directory)));
}

/**
 * Checks that a directory or file belongs to this user, and is for nobody else. On Windows the profile's own access
 * rules do that.
 *
 * @throws an error that says in one phrase what is wrong with it.
 */
export function checkPrivate(
  system: Pick<System, 'platform' | 'userId'>,
  stamp: FileStamp | undefined,
): void {
  const { mode = 0, owner } = stamp ?? {};
  const user = system.userId();
  if (system.platform === 'win32') return;
  if (owner !== user) {
    throw new Error(`it belongs to the user ${owner}, and this process runs as ${user}`);
  }
  if ((mode & OTHERS_MAY) !== 0) {
    const octal = mode.toString(8).padStart(4, '0');
    throw new Error(`others may use it (mode ${octal}; chmod go-rwx makes it right)`);
  }
}
