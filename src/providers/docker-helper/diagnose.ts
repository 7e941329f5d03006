// What a credential helper offers on this machine, for `docker-keyring doctor`.

import type { CredentialProvider, Diagnosis, DiagnosisRequest } from '../contract.ts';
import { ProviderFailure } from '../asking/provider-failure.ts';
import { helperServer } from './helper-provider.ts';

/** No helper has credentials for it, and any that works says so (RFC 6761: the name is nobody's). */
const NOBODY = 'docker-keyring.invalid/check';

/** Asks the helper about the images' servers; without images only whether it answers. */
export async function diagnoseHelper(
  provider: CredentialProvider,
  { images, signal }: DiagnosisRequest,
): Promise<readonly Diagnosis[]> {
  if (images.length === 0) return [await diagnoseImage(provider, NOBODY, signal)];
  const byServer = new Map(images.map((image) => [helperServer(image), image]));
  return Promise.all([...byServer.values()].map((image) => diagnoseImage(provider, image, signal)));
}

async function diagnoseImage(
  provider: CredentialProvider,
  image: string,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const subject = 'helper';
  try {
    const response = await provider.provide({ image, signal });
    if (image === NOBODY) return { status: 'ok', subject, message: 'it answers' };
    const server = helperServer(image);
    return response === undefined
      ? {
          status: 'warning',
          subject,
          message: `it has no credentials for ${server}`,
          hint: `docker login ${server}`,
        }
      : { status: 'ok', subject, message: `it has credentials for ${server}` };
  } catch (error) {
    if (!(error instanceof ProviderFailure)) throw error;
    return { status: 'failure', subject, message: error.message };
  }
}
