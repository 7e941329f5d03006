// docker-keyring explain: which credentials images get, in which order, and why.

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

export interface ExplainOptions extends InputOptions {
  readonly output: 'text' | 'json';
}

export async function explainCommand(
  context: CliContext,
  given: readonly string[],
  options: ExplainOptions,
): Promise<ExitCode> {
  const inputs = await readKeyringInputs(context, options);
  const images = imagesOf(given, inputs);
  // Skipped, so that the other sources are explained, too. The exit code is still that of a failed pull.
  const keyring = createKeyring({ ...inputs.keyring, malformedPullSecrets: 'skip' });
  const results = await Promise.all(images.map((image) => explain(keyring, image, inputs.lookup)));
  await keyring.close();
  if (options.output === 'json') {
    const plain = results.map((result) =>
      result instanceof InvalidReferenceError
        ? { image: result.reference, error: { code: result.code, message: result.message } }
        : result,
    );
    context.stdout.write(jsonText(plain));
  } else {
    const { chosenFor, missing } = inputs;
    const view = { style: styleOf(context), system: context.system, chosenFor, missing };
    const blocks = results.map((result) =>
      result instanceof InvalidReferenceError
        ? renderInvalid(result, view)
        : renderExplanation(result, view),
    );
    print(context, blocks.join('\n'));
  }
  return results.every(isGood) ? EXIT.ok : EXIT.found;
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

function isGood(result: Explanation | InvalidReferenceError): boolean {
  if (result instanceof InvalidReferenceError) return false;
  return result.credentials.length > 0 && failuresOf(result).length === 0;
}
