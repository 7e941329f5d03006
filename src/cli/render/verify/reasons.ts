// Why an image cannot be pulled, and which objects use it, for all outputs of verify.

import type {
  ImageUse,
  VerifiedCandidate,
  VerifiedImage,
} from '../../../registry/verify/verify-report.ts';
import type { ExplanationView } from '../explanation/source.ts';
import { renderNote } from '../note.ts';
import { describeExpiry, describeSource, shortPath, table, widthOfText, wrap } from '../text.ts';

export type VerifyView = Pick<ExplanationView, 'style' | 'system'>;

/** `Deployment shop/web, container web`. */
export function describeUse({ kind, namespace, name, part }: ImageUse): string {
  return `${kind} ${namespace}/${name}, ${part}`;
}

/** `deploy/web.yaml:12`; `''` without a file. */
export function describePlace(
  { path, line }: Pick<ImageUse, 'path' | 'line'>,
  { system }: Pick<VerifyView, 'system'>,
): string {
  if (path === undefined) return '';
  return `${shortPath(path, system)}${line === undefined ? '' : `:${line}`}`;
}

/** The credential that the registry accepted: `robot from secret shop/regcred`. */
export function describeAccepted(
  { accepted }: Pick<VerifiedImage, 'accepted'>,
  { system }: Pick<VerifyView, 'system'>,
): string {
  if (accepted?.source === undefined) return 'without credentials';
  const { source, username, expiresAt } = accepted;
  const who = username ? `${username} ` : '';
  return `${who}from ${describeSource(source, system)}${describeExpiry(expiresAt)}`;
}

/** The message, each candidate with its outcome, and the hint. */
export function renderReasons(image: VerifiedImage, indent: string, view: VerifyView): string {
  const { message, candidates, hint } = image;
  const { width } = view.style;
  return [
    wrap(indent, message, width),
    renderCandidates(candidates, `${indent}  `, view),
    ...(hint === undefined ? [] : [renderNote('hint', hint, { indent, style: view.style })]),
  ].join('');
}

/** Where an outcome does not fit behind its candidate, it goes below. */
function renderCandidates(
  candidates: readonly VerifiedCandidate[],
  indent: string,
  view: VerifyView,
): string {
  const { width } = view.style;
  const rows = candidates.map((candidate) => [
    ...candidateRow(candidate, view),
    `${markOf(candidate, view)} ${candidate.message}`,
  ]);
  const inLine = table(rows, indent, Number.POSITIVE_INFINITY);
  if (inLine.split('\n').every((line) => widthOfText(line) <= width)) return inLine;
  const lines = table(
    rows.map((row) => row.slice(0, -1)),
    indent,
    width,
  ).split(/\n(?=.)/);
  const linesPerRow = lines.length / rows.length;
  const blocks = candidates.map((candidate, index) => {
    const own = lines
      .slice(index * linesPerRow, (index + 1) * linesPerRow)
      .join('\n')
      .trimEnd();
    return `${own}\n${wrap(`${indent}    ${markOf(candidate, view)} `, candidate.message, width)}`;
  });
  return blocks.join('');
}

function candidateRow(candidate: VerifiedCandidate, view: VerifyView): string[] {
  const { bold, cyan, dim } = view.style.colors;
  const { position, source, key = '' } = candidate;
  return [
    bold(`${position}.`),
    whoIs(candidate),
    cyan(key),
    dim(source === undefined ? '' : `from ${describeSource(source, view.system)}`),
  ];
}

function whoIs({ source, username }: VerifiedCandidate): string {
  if (source === undefined) return '(anonymous)';
  return username || '(no user name)';
}

function markOf({ outcome }: VerifiedCandidate, { style }: VerifyView): string {
  const { green, yellow, red } = style.colors;
  if (outcome === 'accepted') return green('✓');
  return outcome === 'failed' ? yellow('?') : red('✗');
}
