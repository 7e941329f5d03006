// docker-keyring lookup: the credentials themselves.

import { createKeyring } from '../../create-keyring/create-keyring.ts';
import type { Credential } from '../../credential/credential.ts';
import { toDockerConfigJson } from '../../credential/docker-config-json.ts';
import { toAuthorizationHeader, toDockerodeAuth } from '../../credential/ways-out.ts';
import { InvalidReferenceError } from '../../errors.ts';
import { parseImageReference } from '../../reference/image-reference.ts';
import {
  caught,
  complain,
  EXIT,
  UsageError,
  warn,
  warnOfProblem,
  type CliContext,
  type ExitCode,
} from '../context.ts';
import { inertText, jsonText, withoutBrackets } from '../render/inert.ts';
import { imagesOf, readKeyringInputs, type InputOptions } from '../inputs/keyring-inputs.ts';
import { renderLookup } from '../render/render-lookup.ts';
import { styleOf } from '../render/style.ts';
import { printable } from '../render/text.ts';

/** How credentials can be printed. */
type LookupOutput = 'text' | 'json' | 'header' | 'dockerode' | 'docker-config';

/** The options of `lookup`. */
export interface LookupOptions extends InputOptions {
  readonly output: LookupOutput;
  readonly showSecrets?: boolean;
}

/** What was found for one image. */
export interface Found {
  readonly image: string;
  readonly credentials: readonly Credential[];
}

/** Looks up the images and prints what was found. */
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
    throw new UsageError(`--output ${output} prints secrets: it needs --show-secrets`);
  }
  if (images.length > 1) throw new UsageError(`--output ${output} is for one image`);
}

/** One image that is none does not keep the others from being answered. */
async function lookUp(
  context: CliContext,
  image: string,
  find: () => Promise<Credential[]>,
): Promise<Found | undefined> {
  try {
    return { image, credentials: await find() };
  } catch (error) {
    complain(context, caught(error, InvalidReferenceError).message);
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
      return jsonText(found.map((one) => plain(one, showSecrets)));
    case 'header':
      return headerLines(context, found);
    case 'dockerode':
      return found.flatMap(({ credentials }) => credentials.map(dockerodeLine)).join('');
    default:
      return found.map(toDocument).join('');
  }
}

function plain({ image, credentials }: Found, showSecrets: boolean): Record<string, unknown> {
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
    if (header === undefined) return skip('The credential is empty: it is sent as none');
    return `Authorization: ${header}`;
  } catch (error) {
    return skip(caught(error, TypeError).message);
  }
}

/** For programs that pull this one image, which know neither globs nor paths: under the registry's name. */
function toDocument({ image, credentials }: Found): string {
  const { registry } = parseImageReference(image);
  const server = registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
  return jsonText(toDockerConfigJson(credentials, { server }), '\t');
}
