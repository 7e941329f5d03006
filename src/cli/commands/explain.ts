// docker-keyring explain: who gets which credentials, in which order, from where and why.

import { createKeyring } from '../../create-keyring/create-keyring.ts';
import type { DockerKeyring } from '../../create-keyring/docker-keyring.ts';
import { InvalidReferenceError } from '../../errors.ts';
import type { Explanation } from '../../explain/explanation.ts';
import { jsonText } from '../render/inert.ts';
import { caught, EXIT, print, type CliContext, type ExitCode } from '../context.ts';
import {
  imagesOf,
  readKeyringInputs,
  type InputOptions,
  type KeyringInputs,
} from '../inputs/keyring-inputs.ts';
import { failuresOf, renderExplanation, renderInvalid } from '../render/explanation/explanation.ts';
import { styleOf } from '../render/style.ts';

/** The options of `explain`. */
export interface ExplainOptions extends InputOptions {
  readonly output: 'text' | 'json';
}

/** Explains each image. */
export async function explainCommand(
  context: CliContext,
  given: readonly string[],
  options: ExplainOptions,
): Promise<ExitCode> {
  const inputs = await readKeyringInputs(context, options);
  const images = imagesOf(given, inputs);
  // Skipped, so that the rest can be explained beside it; the exit code is that of a failed pull all the same.
  const keyring = createKeyring({ ...inputs.keyring, malformedPullSecrets: 'skip' });
  const answers = await Promise.all(images.map((image) => explain(keyring, image, inputs.lookup)));
  await keyring.close();
  if (options.output === 'json') {
    const plain = answers.map((answer) =>
      answer instanceof InvalidReferenceError
        ? { image: answer.reference, error: { code: answer.code, message: answer.message } }
        : answer,
    );
    context.stdout.write(jsonText(plain));
  } else {
    const { chosenFor, missing } = inputs;
    const view = { style: styleOf(context), system: context.system, chosenFor, missing };
    const blocks = answers.map((answer) =>
      answer instanceof InvalidReferenceError
        ? renderInvalid(answer, view)
        : renderExplanation(answer, view),
    );
    print(context, blocks.join('\n'));
  }
  return answers.every(isGood) ? EXIT.ok : EXIT.found;
}

async function explain(
  keyring: DockerKeyring,
  image: string,
  context: KeyringInputs['lookup'],
): Promise<Explanation | InvalidReferenceError> {
  return keyring
    .explain(image, context)
    .catch((error: unknown) => caught(error, InvalidReferenceError));
}

function isGood(answer: Explanation | InvalidReferenceError): boolean {
  if (answer instanceof InvalidReferenceError) return false;
  return answer.credentials.length > 0 && failuresOf(answer).length === 0;
}
