// What images would get on this machine.

import { InvalidReferenceError } from '../errors.ts';
import type { Explanation } from '../explain/explanation.ts';
import type { DockerKeyring, LookupContext } from '../create-keyring/docker-keyring.ts';
import { count } from '../util/text/count.ts';
import type { ImageCheck } from './check.ts';

export async function diagnoseImages(
  keyring: Pick<DockerKeyring, 'explain'>,
  images: readonly string[],
  context: LookupContext,
): Promise<readonly ImageCheck[]> {
  return Promise.all(
    images.map(async (image) => {
      try {
        return judge(await keyring.explain(image, context));
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
  // Broken files are reported once, not again for each image.
  const failed = sources.filter(
    ({ layer, status }) =>
      status === 'failed' || (layer === 'pull-secrets' && status === 'malformed'),
  );
  const isRefused = failed.some(({ layer }) => layer === 'pull-secrets');
  const problems = failed.flatMap((source) => source.problems);
  const hasFailures = failed.length > 0;
  const verdict = verdictOf(credentials.length, { isRefused, hasFailures });
  const isUnknown = credentials.length === 0 && !hasFailures;
  return {
    image,
    ...verdict,
    ...(isRefused
      ? { hint: 'docker-keyring secret validate FILE says what is wrong with it' }
      : {}),
    ...(isUnknown ? { hint: `docker-keyring explain ${image} says why` } : {}),
    problems,
    credentials,
  };
}

interface Failures {
  readonly isRefused: boolean;
  readonly hasFailures: boolean;
}

type Verdict = Pick<ImageCheck, 'status' | 'message'>;

function verdictOf(amount: number, { isRefused, hasFailures }: Failures): Verdict {
  const found = amount === 0 ? 'no credentials' : count(amount, 'credential');
  if (isRefused) {
    const message = `${found}, and a kubelet fails the pull, because a pull secret is malformed`;
    return { status: 'failure', message };
  }
  if (hasFailures) {
    const status = amount === 0 ? 'failure' : 'warning';
    return { status, message: `${found}, and not every source could be asked` };
  }
  return amount === 0
    ? { status: 'warning', message: `${found}: it is pulled anonymously` }
    : { status: 'ok', message: found };
}
