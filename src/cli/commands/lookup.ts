// docker-keyring lookup: the credentials of images.

import { createKeyring } from '../../create-keyring/create-keyring.ts';
import type { Credential } from '../../credential/credential.ts';
import { toDockerConfigJson } from '../../credential/docker-config-json.ts';
import { toAuthorizationHeader, toDockerodeAuth } from '../../credential/formats.ts';
import { InvalidReferenceError } from '../../errors.ts';
import { HUB, HUB_SERVER } from '../../reference/docker-hub.ts';
import { parseImageReference } from '../../reference/image-reference.ts';
import {
  caught,
  reportError,
  EXIT,
  UsageError,
  warn,
  warnOfProblem,
  type CliContext,
  type ExitCode,
} from '../context.ts';
import { inertText, jsonText, withoutBrackets } from '../render/inert.ts';
import { imagesOf, readKeyringInputs, type InputOptions } from '../inputs/keyring-inputs.ts';
import { renderLookup, type Found } from '../render/lookup.ts';
import { styleOf } from '../render/style.ts';
import { printable } from '../render/text.ts';

type LookupOutput = 'text' | 'json' | 'header' | 'dockerode' | 'docker-config';

export interface LookupOptions extends InputOptions {
  readonly output: LookupOutput;
  readonly showSecrets?: boolean;
}

export async function lookupCommand(
  context: CliContext,
  given: readonly string[],
  options: LookupOptions,
): Promise<ExitCode> {
  const inputs = await readKeyringInputs(context, options);
  const images = imagesOf(given, inputs);
  checkOutput(options, images);
  const keyring = createKeyring({
    ...inputs.keyring,
    onProblem: (problem) => warnOfProblem(context, problem),
  });
  const results = await Promise.all(
    images.map(async (image) => {
      const find = (): Promise<Credential[]> => keyring.lookup(image, inputs.lookup);
      return lookUp(context, image, find);
    }),
  );
  await keyring.close();
  const found = results.filter((result) => result !== undefined);
  const text = render(context, found, options);
  context.stdout.write(text);
  const isComplete =
    found.length === images.length && found.every(({ credentials }) => credentials.length > 0);
  // A header cannot be made of every credential.
  return isComplete && text !== '' ? EXIT.ok : EXIT.found;
}

function checkOutput({ output, showSecrets }: LookupOptions, images: readonly string[]): void {
  if (output === 'text' || output === 'json') return;
  if (showSecrets !== true) {
    throw new UsageError(`--output ${output} prints secrets: add --show-secrets`);
  }
  if (images.length > 1) throw new UsageError(`--output ${output} takes one image`);
}

/** An invalid image does not stop the others. */
async function lookUp(
  context: CliContext,
  image: string,
  find: () => Promise<Credential[]>,
): Promise<Found | undefined> {
  try {
    return { image, credentials: await find() };
  } catch (error) {
    reportError(context, caught(error, InvalidReferenceError).message);
    return undefined;
  }
}

function render(
  context: CliContext,
  found: readonly Found[],
  { output, showSecrets = false }: LookupOptions,
): string {
  switch (output) {
    case 'text':
      return inertText(
        renderLookup(found, { style: styleOf(context), system: context.system, showSecrets }),
      );
    case 'json':
      return jsonText(found.map((one) => toJson(one, showSecrets)));
    case 'header':
      return headerLines(context, found);
    case 'dockerode':
      return found.flatMap(({ credentials }) => credentials.map(dockerodeLine)).join('');
    default:
      return found.map(toDocument).join('');
  }
}

function toJson({ image, credentials }: Found, showSecrets: boolean): Record<string, unknown> {
  const { name } = parseImageReference(image);
  return {
    image,
    name,
    credentials: credentials.map((one) => (showSecrets ? withSecrets(one) : one.toJSON())),
  };
}

function withSecrets(credential: Credential): Record<string, unknown> {
  const { username, password, identityToken, registryToken } = credential;
  return {
    ...credential.toJSON(),
    username,
    password,
    ...(identityToken === undefined ? {} : { identityToken }),
    ...(registryToken === undefined ? {} : { registryToken }),
  };
}

function dockerodeLine(credential: Credential): string {
  return jsonText(toDockerodeAuth(credential), 0);
}

function headerLines(context: CliContext, found: readonly Found[]): string {
  return found
    .flatMap(({ credentials }) => credentials.map((one) => headerOf(context, one)))
    .filter((header) => header !== '')
    .map((header) => `${withoutBrackets(printable(header))}\n`)
    .join('');
}

function headerOf(context: CliContext, credential: Credential): string {
  const skip = (reason: string): string => {
    warn(context, `${credential.key}: ${reason}`);
    return '';
  };
  try {
    const header = toAuthorizationHeader(credential);
    if (header === undefined) return skip('The credential is empty: a node sends none');
    return `Authorization: ${header}`;
  } catch (error) {
    return skip(caught(error, TypeError).message);
  }
}

/** For programs that support neither globs nor paths in keys: the key is the registry's name. */
function toDocument({ image, credentials }: Found): string {
  const { registry } = parseImageReference(image);
  const server = registry === HUB ? HUB_SERVER : registry;
  return jsonText(toDockerConfigJson(credentials, { server }), '\t');
}
