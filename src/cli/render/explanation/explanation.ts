// The text of `explain`, in the layout of compilers: the image, the evidence, the answer, and what to do.

import type { InvalidReferenceError } from '../../../errors.ts';
import type {
  ExplainedCredential,
  ExplainedSource,
  Explanation,
  ExplanationWarning,
} from '../../../explain/explanation.ts';
import { count } from '../../../util/text/count.ts';
import { isNear } from '../../../explain/explain-entries.ts';
import { renderLayers } from './layers.ts';
import type { ExplanationView } from './source.ts';
import { renderNote } from '../note.ts';
import {
  describeExpiry,
  describeSource,
  printableData,
  shortPaths,
  table,
  wrap,
  type Paint,
} from '../text.ts';
import { has } from '../../../util/own.ts';

/** The malformed pull secrets, for which a kubelet fails the pull. */
export function failuresOf({ sources }: Explanation): readonly ExplainedSource[] {
  return sources.filter(({ layer, status }) => layer === 'pull-secrets' && status === 'malformed');
}

export function renderExplanation(raw: Explanation, view: ExplanationView): string {
  const explanation = printableData(raw);
  return [
    renderImage(explanation, view),
    renderLayers(explanation, view),
    renderAnswer(explanation, view),
    ...failuresOf(explanation).map((source) => renderFailure(source, view)),
    ...explanation.warnings.map((warning) => renderWarning(warning, explanation, view)),
  ].join('\n');
}

export function renderInvalid(error: InvalidReferenceError, view: ExplanationView): string {
  const { reference, reason } = printableData({ reference: error.reference, reason: error.reason });
  const { bold, red } = view.style.colors;
  return [
    `${bold(reference)}\n\n`,
    headline('error', red, `not an image reference: ${reason}`, view),
    note('hint', 'a kubelet reports InvalidImageName and does not pull', view),
  ].join('');
}

function renderImage(explanation: Explanation, { style }: ExplanationView): string {
  const { bold, blue } = style.colors;
  const { name, tag, digest } = explanation.reference;
  const version = `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
  const notes = explanation.normalization.map((line) => wrap(`  ${blue('=')} `, line, style.width));
  return `${bold(explanation.image)}\n${blue(' -->')} ${name}${version}\n${notes.join('')}`;
}

function renderAnswer({ credentials, sources }: Explanation, view: ExplanationView): string {
  const { colors } = view.style;
  if (credentials.length === 0) {
    const message = 'no credentials; a node pulls the image anonymously';
    const near = sources.flatMap(({ entries }) => entries.filter(isNear)).length;
    const entries = count(near, 'entry', 'entries');
    return (
      headline('answer', colors.yellow, message, view) +
      (near === 0
        ? ''
        : note('note', `${entries} above (≠) nearly ${near === 1 ? 'matches' : 'match'}`, view))
    );
  }
  const amount = count(credentials.length, 'credential');
  const order = credentials.length === 1 ? '' : ', tried in this order';
  return (
    headline('answer', colors.green, amount + order, view) +
    renderCredentials(credentials, '  ', view)
  );
}

/** A table of credentials, each with its number, user name, key and source. */
export function renderCredentials(
  credentials: readonly ExplainedCredential[],
  indent: string,
  view: Pick<ExplanationView, 'style' | 'system'>,
): string {
  const rows = credentials.map((credential) => rowOf(credential, view));
  return table(rows, indent, view.style.width);
}

function rowOf(
  credential: ExplainedCredential,
  view: Pick<ExplanationView, 'style' | 'system'>,
): string[] {
  const { bold, cyan, dim } = view.style.colors;
  const { position, key, expiresAt, source } = credential;
  return [
    bold(`${position}.`),
    whoIs(credential),
    cyan(key),
    dim(`from ${describeSource(source, view.system)}${describeExpiry(expiresAt)}`),
  ];
}

function whoIs({ username, kind }: ExplainedCredential): string {
  if (kind === 'empty') return '(empty)';
  if (kind === 'password') return username;
  const token = kind === 'identity-token' ? '(identity token)' : '(registry token)';
  return username === '' ? token : `${username} ${token}`;
}

function renderFailure({ source, problems }: ExplainedSource, view: ExplanationView): string {
  const name = describeSource(source, view.system);
  const message = `a kubelet fails this pull: ${name} is malformed`;
  return [
    headline('error', view.style.colors.red, message, view),
    ...problems.map((problem) => note('note', problem, view)),
    note('hint', 'docker-keyring secret validate FILE lists all its problems', view),
  ].join('');
}

function renderWarning(
  { message, hint }: ExplanationWarning,
  { sources }: Explanation,
  view: ExplanationView,
): string {
  const paths = sources.flatMap(({ source }) => (has(source, 'path') ? source.path : []));
  const text = shortPaths(message, paths, view.system);
  return headline('warning', view.style.colors.yellow, text, view) + note('hint', hint, view);
}

function headline(kind: string, paint: Paint, text: string, { style }: ExplanationView): string {
  const { bold } = style.colors;
  return wrap(`${paint(bold(kind))}${bold(':')} `, text, style.width, bold);
}

function note(kind: 'hint' | 'note', text: string, { style }: ExplanationView): string {
  return renderNote(kind, text, { indent: '  ', style });
}
