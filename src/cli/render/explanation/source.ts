// One source of an explanation, with the entries that match or nearly match.

import type {
  ExplainedEntry,
  ExplainedSource,
  SourceStatus,
} from '../../../explain/explanation.ts';
import { isFault, type Finding } from '../../../findings/finding.ts';
import { isNear } from '../../../explain/explain-entries.ts';
import type { PullSecretName } from '../../../kubernetes/resolve-pull-secrets.ts';
import type { System } from '../../../system/system.ts';
import { count } from '../../../util/text/count.ts';
import type { Style } from '../style.ts';
import { describeSource, largest, shortPaths, widthOfText, wrap, type Paint } from '../text.ts';
import { has } from '../../../util/own.ts';

export interface ExplanationView {
  readonly style: Style;
  readonly system: Pick<System, 'workingDirectory' | 'homeDirectory'>;
  /** As in {@link ChosenPullSecrets}. */
  readonly chosenFor: string | undefined;
  readonly missing: readonly PullSecretName[];
}

const ENTRY_INDENT = '      ';
/** Where less is left of the width, a reason goes below its key. */
const MIN_REASON_WIDTH = 36;

/** The source in a line, and its entries below. */
export function renderSource(source: ExplainedSource, view: ExplanationView): string {
  const { style, system } = view;
  const [mark, paint] = statusMark(source.status, view);
  const text = `${describeSource(source.source, system)}: ${summary(source)}`;
  const isQuiet = mark === QUIET && source.problems.length === 0;
  return [
    wrap(`  ${paint(mark)} `, text, style.width, isQuiet ? style.colors.dim : undefined),
    ...renderEntries(source, view),
    ...source.problems.map((problem) => renderProblem(problem, source, view)),
  ].join('');
}

const QUIET = '·';

function statusMark(status: SourceStatus, { style }: ExplanationView): [string, Paint] {
  const { green, yellow, red, dim } = style.colors;
  switch (status) {
    case 'used':
      return ['✓', green];
    case 'kept':
      return ['!', yellow];
    case 'malformed':
    case 'failed':
      return ['✗', red];
    default:
      return [QUIET, dim];
  }
}

function summary({ source, status, message, entries, otherEntries }: ExplainedSource): string {
  const isStatic = source.kind === 'pull-secret' || source.kind === 'docker-config';
  if (!isStatic || (status !== 'used' && status !== 'no-match')) return message;
  const total = entries.length + otherEntries;
  const matches = entries.filter(isMatch).length;
  if (total === 0) return 'it has no entries';
  if (total === 1) return matches === 1 ? 'its entry matches' : 'its entry does not match';
  if (matches === 0) return `none of its ${total} entries matches`;
  return `${matches} of ${total} entries ${matches === 1 ? 'matches' : 'match'}`;
}

function isMatch({ outcome }: ExplainedEntry): boolean {
  return outcome === 'matched' || outcome === 'docker-hub-fallback';
}

function renderEntries(source: ExplainedSource, view: ExplanationView): string[] {
  const { entries, otherEntries } = source;
  const keyWidth = largest(entries, ({ key }) => widthOfText(key));
  const lines = entries.flatMap((entry) => [
    renderEntry(entry, keyWidth, view),
    ...findingsToShow(entry).map((finding) => renderFinding(finding, view)),
  ]);
  if (otherEntries === 0 || entries.length === 0) return lines;
  const others = count(otherEntries, 'other entry has', 'other entries have');
  const text = view.style.colors.dim(`${others} nothing in common with the image`);
  return [...lines, `${ENTRY_INDENT}${text}\n`];
}

function renderEntry(entry: ExplainedEntry, keyWidth: number, { style }: ExplanationView): string {
  const { green, cyan, yellow, dim } = style.colors;
  const { key, message } = entry;
  const mark = isMatch(entry) ? green('✓') : isNear(entry) ? yellow('≠') : dim('·');
  const start = `${ENTRY_INDENT}${mark} ${isMatch(entry) ? cyan(key) : key}`;
  const keyColumn = ENTRY_INDENT.length + 2;
  const reasonColumn = keyColumn + keyWidth + 2;
  if (style.width - reasonColumn < MIN_REASON_WIDTH) {
    return `${start}\n${wrap(' '.repeat(keyColumn), message, style.width, dim)}`;
  }
  const padding = ' '.repeat(reasonColumn - widthOfText(start));
  return wrap(start + padding, message, style.width, dim);
}

/** What is wrong with a key that does not match is in the entry's own message. */
function findingsToShow(entry: ExplainedEntry): readonly Finding[] {
  return entry.findings.filter(
    (finding) =>
      isFault(finding) && (isMatch(entry) || (isNear(entry) && !finding.code.startsWith('key-'))),
  );
}

function renderFinding({ message, hint }: Finding, { style }: ExplanationView): string {
  const text = hint === undefined ? message : `${message}. ${hint}`;
  return wrap(`${ENTRY_INDENT}  ${style.colors.yellow('!')} `, text, style.width);
}

function renderProblem(problem: string, source: ExplainedSource, view: ExplanationView): string {
  const { style, system } = view;
  const { source: from } = source;
  const text = shortPaths(problem, has(from, 'path') ? [from.path] : [], system);
  return wrap(`${ENTRY_INDENT}${style.colors.red('✗')} `, text, style.width);
}
