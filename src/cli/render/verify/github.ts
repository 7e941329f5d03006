// Annotations of GitHub Actions (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).

import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { ImageUse, VerifiedImage } from '../../../registry/verify/verify-report.ts';
import type { System } from '../../../system/system.ts';
import { inputName, STDIN } from '../../inputs/read-input.ts';
import type { BrokenFile } from '../../inputs/verify-inputs.ts';
import { describeUse, renderReasons } from './reasons.ts';
import { renderSummary } from './text.ts';
import { PLAIN_STYLE } from '../style.ts';
import { printableData } from '../text.ts';
import {
  countOutcome,
  imageName,
  verdictOn,
  warningsOf,
  type ImageWarning,
  type Verdict,
  type VerifyOutcome,
} from './outcome.ts';

interface GithubView {
  readonly system: Pick<System, 'workingDirectory' | 'homeDirectory' | 'env'>;
}

interface Place {
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
}

interface Annotation {
  readonly place: Place;
  readonly kind: 'error' | 'warning';
  readonly title: string;
  readonly message: string;
}

/** An annotation for each place of an image that cannot be pulled, and for each warning; then a summary. */
export function renderGithub(raw: VerifyOutcome, view: GithubView): string {
  const outcome = printableData(raw);
  const { report, broken } = outcome;
  const annotations = [
    ...broken.map(annotateFile),
    ...report.images.flatMap((image) => annotateImage(image, view)),
    ...warningsOf(report).flatMap(annotateWarning),
  ];
  const lines = annotations.map((annotation) => renderAnnotation(annotation, view));
  return lines.join('') + renderSummary(countOutcome(outcome), { ...view, style: PLAIN_STYLE });
}

function annotateFile({ reason, ...place }: BrokenFile): Annotation {
  return { place, kind: 'error', title: 'manifest cannot be read', message: reason };
}

function annotateImage(image: VerifiedImage, { system }: GithubView): Annotation[] {
  const verdict = verdictOn(image.status);
  if (verdict === 'pullable') return [];
  const title = TITLES[verdict];
  const reasons = renderReasons(image, '', { style: PLAIN_STYLE, system }).trimEnd();
  const message = `${imageName(image)}: ${reasons}`;
  const places = placesOf(image.usedBy);
  if (places.length === 0) return [{ place: {}, kind: 'error', title, message }];
  return places.map((use) => {
    return { place: use, kind: 'error', title, message: `${message}\n${describeUse(use)}` };
  });
}

const TITLES: Readonly<Record<Exclude<Verdict, 'pullable'>, string>> = {
  failed: 'image cannot be pulled',
  unknown: 'image could not be verified',
  never: 'image must be on the node',
};

/** A warning without a file is shown at the places of its image. */
function annotateWarning({ image, warning }: ImageWarning): Annotation[] {
  const { message, hint, path } = warning;
  const text = image === undefined ? message : `${image.image}: ${message}`;
  const uses = path === undefined ? placesOf(image?.usedBy ?? []) : [];
  return (uses.length === 0 ? [warning] : uses).map((place) => ({
    place,
    kind: 'warning',
    title: 'image pull',
    message: hint === undefined ? text : `${text}\nhint: ${hint}`,
  }));
}

/** GitHub shows annotations in files only. */
function placesOf(usedBy: readonly ImageUse[]): readonly ImageUse[] {
  return usedBy.filter(({ path }) => path !== undefined);
}

function renderAnnotation(annotation: Annotation, { system }: GithubView): string {
  const { kind, title, message } = annotation;
  const { path, line, column } = annotation.place;
  const file = path === undefined ? undefined : pathInRepository(path, system);
  const where = file === undefined ? {} : { file, line, col: column };
  const properties = Object.entries({ ...where, title }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${escapeProperty(String(value))}`],
  );
  return `::${kind} ${properties.join(',')}::${escapeData(message)}\n`;
}

/** GitHub's paths are relative to the repository, wherever the program runs. */
function pathInRepository(path: string, system: GithubView['system']): string | undefined {
  if (path === inputName(STDIN)) return undefined;
  const directory = system.workingDirectory();
  const absolute = resolve(directory, path);
  const inRepository = relative(system.env('GITHUB_WORKSPACE') || directory, absolute);
  const isOutside = isAbsolute(inRepository) || inRepository.startsWith('..');
  return (isOutside ? absolute : inRepository).replaceAll(sep, '/');
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
