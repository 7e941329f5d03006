// What a credential helper finds on this machine, for `docker-keyring doctor`.

import type { CredentialProvider, Diagnosis, DiagnosisRequest } from '../contract.ts';
import { ProviderFailure } from '../asking/provider-failure.ts';
import { helperServer } from './helper-provider.ts';

/** A host that does not exist (RFC 6761): a helper that works has no credentials for it, and answers so. */
const UNKNOWN_IMAGE = 'docker-keyring.invalid/check';

/** Asks the helper about the images' servers; without images only whether it answers. */
export async function diagnoseHelper(
  provider: CredentialProvider,
  { images, signal }: DiagnosisRequest,
): Promise<readonly Diagnosis[]> {
  if (images.length === 0) return [await diagnoseImage(provider, UNKNOWN_IMAGE, signal)];
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
    if (image === UNKNOWN_IMAGE) return { status: 'ok', subject, message: 'it answers' };
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
