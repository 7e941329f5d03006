// docker-keyring verify: asks registries whether a node can pull images.

import { createKeyring } from '../../create-keyring/create-keyring.ts';
import type { KeyringOptions } from '../../create-keyring/keyring-options.ts';
import { verifyImages } from '../../registry/verify/verify-images.ts';
import type { VerifyInput } from '../../registry/verify/placed-object.ts';
import type { VerifyReport } from '../../registry/verify/verify-report.ts';
import {
  reportError,
  UsageError,
  warnOfProblem,
  type CliContext,
  type ExitCode,
} from '../context.ts';
import { inertText, jsonText, withoutBrackets } from '../render/inert.ts';
import { readKeyringInputs, type InputOptions } from '../inputs/keyring-inputs.ts';
import { createInputFiles, inputName, type InputFiles } from '../inputs/read-input.ts';
import { renderGithub } from '../render/verify/github.ts';
import { renderJunit } from '../render/verify/junit.ts';
import { renderVerify } from '../render/verify/text.ts';
import { styleOf } from '../render/style.ts';
import { readObjects, type ManifestPathOptions } from '../inputs/verify-inputs.ts';
import { countOutcome, exitCodeOf, type VerifyOutcome } from '../render/verify/outcome.ts';
import { createProgress, type Progress } from './verify-progress.ts';

export interface VerifyCommandOptions
  extends Omit<InputOptions, 'pod' | 'serviceAccount'>, ManifestPathOptions {
  readonly platform?: readonly string[];
  /** In milliseconds. */
  readonly expiresWithin?: number;
  readonly strict?: boolean;
  readonly anonymous?: boolean;
  readonly concurrency?: number;
  readonly caFile?: string;
  readonly insecureRegistry?: readonly string[];
  readonly trustedRealm?: readonly string[];
  readonly output: 'text' | 'json' | 'junit' | 'github';
  readonly progress: boolean;
}

export async function verifyCommand(
  context: CliContext,
  images: readonly string[],
  options: VerifyCommandOptions,
): Promise<ExitCode> {
  const files = createInputFiles(context);
  const { objects, broken, skipped } = await readObjects(context, options, files);
  for (const { path, line, column, reason } of broken) {
    reportError(context, `${path}:${line}:${column}: ${reason}`);
  }
  const verified = await verify(context, [...images, ...objects], { ...options, files });
  const report = { ...verified, warnings: [...skipped, ...verified.warnings] };
  if (report.images.length + broken.length + skipped.length === 0) {
    throw new UsageError('no image: name an IMAGE, or manifests with --filename');
  }
  const outcome = { report, broken };
  context.stdout.write(render(context, outcome, options));
  return exitCodeOf(countOutcome(outcome), options.strict === true);
}

interface VerifySettings extends VerifyCommandOptions {
  readonly files: InputFiles;
}

async function verify(
  context: CliContext,
  inputs: readonly VerifyInput[],
  options: VerifySettings,
): Promise<VerifyReport> {
  const { files, platform, expiresWithin, insecureRegistry, trustedRealm } = options;
  const { concurrency, namespace, anonymous } = options;
  const ca = await readAuthorities(options.caFile, files);
  // --secret is for the IMAGE arguments; a pod has its own pull secrets.
  const named = inputs.some((input) => typeof input === 'string')
    ? options
    : { ...options, secret: [] };
  const { keyring: keyringOptions } = await readKeyringInputs(context, named, { files });
  const progress = createProgress(context, options.progress);
  const keyring = createKeyring({ ...keyringOptions, ...problemHooks(context, progress) });
  try {
    return await verifyImages(inputs, keyring, {
      ca,
      concurrency,
      namespace,
      anonymous,
      platforms: platform,
      expiresWithinMs: expiresWithin,
      insecureRegistries: insecureRegistry,
      trustedRealms: trustedRealm,
      system: context.system,
      onProgress: (state) => progress.update(state),
    });
  } finally {
    progress.clear();
    await keyring.close();
  }
}

async function readAuthorities(
  path: string | undefined,
  files: InputFiles,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const text = await files.read(path);
  if (text.includes('-BEGIN CERTIFICATE-')) return text;
  throw new UsageError(`${inputName(path)} contains no PEM certificate`);
}

/** Clears the line of progress before each warning. */
function problemHooks(context: CliContext, progress: Progress): Pick<KeyringOptions, 'onProblem'> {
  return {
    onProblem(problem) {
      progress.clear();
      warnOfProblem(context, problem);
    },
  };
}

function render(
  context: CliContext,
  outcome: VerifyOutcome,
  { output }: VerifyCommandOptions,
): string {
  const view = { style: styleOf(context), system: context.system };
  switch (output) {
    case 'text':
      return inertText(renderVerify(outcome, view));
    case 'json':
      return jsonText(withBroken(outcome));
    case 'junit':
      return inertText(renderJunit(outcome, view));
    default:
      return withoutBrackets(renderGithub(outcome, view));
  }
}

/** The report is not ok if a file could not be read. */
function withBroken({ report, broken }: VerifyOutcome): VerifyReport & Partial<VerifyOutcome> {
  return broken.length === 0 ? report : { ...report, ok: false, broken };
}
