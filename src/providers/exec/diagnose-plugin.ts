// What a plugin offers on this machine, for `docker-keyring doctor`.

import type { FileStamp, System } from '../../system/system.ts';
import type { CredentialResponse, Diagnosis, DiagnosisRequest } from '../contract.ts';
import { ProviderFailure } from '../asking/provider-failure.ts';

/** What is looked at. */
export interface DiagnosedPlugin {
  readonly system: Pick<System, 'stat' | 'platform'>;
  /** The program. */
  readonly path: string;
  readonly needsServiceAccount: boolean;
  readonly ask: (image: string, signal: AbortSignal) => Promise<CredentialResponse>;
}

const EXECUTABLE = 0o111;
const subject = 'plugin';

/** Looks at the program, and asks it about images where it needs no service account for that. */
export async function diagnosePlugin(
  { system, path, needsServiceAccount, ask }: DiagnosedPlugin,
  { images, signal }: DiagnosisRequest,
): Promise<readonly Diagnosis[]> {
  const stamp = await statOf(system, path, signal);
  if (stamp === undefined) {
    const hint = 'install the program in binDir under the name that the configuration gives it';
    return [{ status: 'failure', subject, message: `there is no program ${path}`, hint }];
  }
  const { mode = EXECUTABLE } = stamp;
  if (system.platform !== 'win32' && (mode & EXECUTABLE) === 0) {
    const message = `${path} may not be executed`;
    return [{ status: 'failure', subject, message, hint: `chmod 755 ${path}` }];
  }
  if (images.length === 0 || needsServiceAccount) {
    return [{ status: 'ok', subject, message: `${path} is there` }];
  }
  return Promise.all(images.map((image) => diagnoseImage(image, () => ask(image, signal))));
}

async function statOf(
  system: Pick<System, 'stat'>,
  path: string,
  signal: AbortSignal,
): Promise<FileStamp | undefined> {
  try {
    return await system.stat(path, signal);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

async function diagnoseImage(
  image: string,
  ask: () => Promise<CredentialResponse>,
): Promise<Diagnosis> {
  try {
    const { auth } = await ask();
    return Object.keys(auth).length === 0
      ? { status: 'warning', subject, message: `it has no credentials for ${image}` }
      : { status: 'ok', subject, message: `it has credentials for ${image}` };
  } catch (error) {
    if (!(error instanceof ProviderFailure)) throw error;
    return { status: 'failure', subject, message: error.message };
  }
}
