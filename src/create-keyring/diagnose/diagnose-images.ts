// What images would get on this machine.

import { InvalidReferenceError } from '../../errors.ts';
import type { Explanation } from '../../keyring/explanation.ts';
import type { DockerKeyring } from '../docker-keyring.ts';
import type { ImageCheck } from './check.ts';

/** Resolves each image. */
export async function diagnoseImages(
  keyring: Pick<DockerKeyring, 'explain'>,
  images: readonly string[],
): Promise<readonly ImageCheck[]> {
  return Promise.all(
    images.map(async (image) => {
      try {
        return judge(await keyring.explain(image));
      } catch (error) {
        if (!(error instanceof InvalidReferenceError)) throw error;
        return invalid(error);
      }
    }),
  );
}

function invalid({ reference, reason }: InvalidReferenceError): ImageCheck {
  return {
    image: reference,
    status: 'failure',
    message: `not an image reference: ${reason}`,
    hint: 'a kubelet reports InvalidImageName and does not pull',
    problems: [],
    credentials: [],
  };
}

function judge({ image, sources, credentials }: Explanation): ImageCheck {
  const failed = sources.filter(({ status }) => status === 'failed' || status === 'malformed');
  const isRefused = failed.some(({ layer }) => layer === 'pull-secrets');
  const problems = failed.flatMap((source) => source.problems);
  const common = { image, problems, credentials };
  const amount = credentials.length === 1 ? '1 credential' : `${credentials.length} credentials`;
  if (isRefused) {
    const hint = 'docker-keyring secret validate FILE says what is wrong with it';
    const message = `${amount}, and a kubelet fails the pull, because a pull secret is malformed`;
    return { ...common, status: 'failure', message, hint };
  }
  if (failed.length > 0) {
    const status = credentials.length === 0 ? 'failure' : 'warning';
    return { ...common, status, message: `${amount}, and not every source could be used` };
  }
  if (credentials.length > 0) return { ...common, status: 'ok', message: amount };
  const message = 'no credentials: it is pulled anonymously';
  const hint = `docker-keyring explain ${image} says why`;
  return { ...common, status: 'warning', message, hint };
}
