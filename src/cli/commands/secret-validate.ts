// docker-keyring secret validate: what the API server rejects, and what the kubelet cannot use.

import { ManifestError } from '../../errors.ts';
import { isFault, problem } from '../../findings/finding.ts';
import { parseManifests } from '../../kubernetes/manifest/manifests.ts';
import { isRecord } from '../../util/is-record.ts';
import { validatePullSecret } from '../../kubernetes/secret/validate-pull-secret.ts';
import { caught, EXIT, print, type CliContext, type ExitCode } from '../context.ts';
import { jsonText } from '../render/inert.ts';
import { createInputFiles, inputName } from '../inputs/read-input.ts';
import { renderValidation, type Validated } from '../render/validation.ts';
import { styleOf } from '../render/style.ts';
import { namespaced } from '../../credential/describe-source.ts';

/** The options of `secret validate`. */
export interface SecretValidateOptions {
  readonly output: 'text' | 'json';
}

/** Validates every Secret of the files, and ignores objects of other kinds. */
export async function secretValidateCommand(
  context: CliContext,
  paths: readonly string[],
  { output }: SecretValidateOptions,
): Promise<ExitCode> {
  const files = createInputFiles(context);
  const results = await Promise.all(
    paths.map(async (path) => validateText(inputName(path), await files.readBytes(path))),
  );
  const validated = results.flat();
  if (output === 'json') context.stdout.write(jsonText(validated));
  else print(context, renderValidation(validated, styleOf(context)));
  return validated.some(({ findings }) => findings.some(isFault)) ? EXIT.found : EXIT.ok;
}

async function validateText(file: string, text: Uint8Array): Promise<Validated[]> {
  try {
    const objects = await parseManifests(text, { path: file });
    const secrets = objects.filter(({ kind }) => kind === undefined || kind === 'Secret');
    if (secrets.length === 0) return [aboutFile(file, 'no-secret', 'the file contains no Secret')];
    return secrets.map((secret) => ({
      file,
      secret: secretName(secret),
      findings: validatePullSecret(secret),
    }));
  } catch (error) {
    const { position, reason } = caught(error, ManifestError);
    const place = `${file}:${position.line}:${position.column}`;
    return [aboutFile(place, 'manifest-invalid', reason)];
  }
}

function aboutFile(file: string, code: string, message: string): Validated {
  const finding = problem({ code, field: '', message });
  return { file, secret: undefined, findings: [finding] };
}

function secretName({ metadata }: Record<string, unknown>): string {
  const { namespace, name } = isRecord(metadata) ? metadata : { namespace: '', name: '' };
  return namespaced({ namespace: textOf(namespace), name: textOf(name) });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
