// The text of `doctor`: a block for each area, a line for each check.

import type {
  Check,
  CheckArea,
  CheckStatus,
  ImageCheck,
  MachineDiagnosis,
} from '../../doctor/check.ts';
import { count } from '../../util/text/count.ts';
import { renderCredentials } from './explanation/explanation.ts';
import type { ExplanationView } from './explanation/source.ts';
import { renderNote } from './note.ts';
import { printableData, shortPaths, wrap, type Paint } from './text.ts';

type DoctorView = Pick<ExplanationView, 'style' | 'system'>;

interface ReportView extends DoctorView {
  /** Shortens the paths in a text. */
  readonly short: (text: string) => string;
}

const AREAS: readonly (readonly [CheckArea, string])[] = [
  ['machine', 'this program'],
  ['network', 'network'],
  ['docker-config', 'docker configuration'],
  ['helpers', 'credential helpers'],
];

const INDENT = '      ';

export function renderDoctor(raw: MachineDiagnosis, { style, system }: DoctorView): string {
  const { checks, images } = printableData(raw);
  const paths = [...new Set(checks.flatMap(({ path }) => path ?? []))];
  const short = (text: string): string => shortPaths(text, paths, system);
  const view = { style, system, short };
  const areas = AREAS.map(([area, title]) =>
    renderArea(
      title,
      checks.filter((check) => check.area === area),
      view,
    ),
  );
  const names = new Set(checks.flatMap(({ provider }) => provider ?? []));
  const providers = [...names].map((name) =>
    renderArea(
      `provider ${name}`,
      checks.filter(({ provider }) => provider === name),
      view,
    ),
  );
  return [
    ...areas,
    ...providers,
    ...images.map((image) => renderImage(image, view)),
    renderCounts([...checks, ...images], view),
  ]
    .filter((block) => block !== '')
    .join('\n');
}

function renderArea(title: string, checks: readonly Check[], view: ReportView): string {
  if (checks.length === 0) return '';
  const lines = checks.map((check) => renderCheck(check, view));
  return `${view.style.colors.bold(title)}\n${lines.join('')}`;
}

function renderCheck(check: Check, view: ReportView): string {
  const { style, short } = view;
  const { status, subject, message, hint } = check;
  const [mark, paint] = markOf(status, view);
  const isQuiet = status === 'info';
  // Messages about a file begin with its name and position.
  const text = message.startsWith(subject) ? message : `${subject}: ${message}`;
  return [
    wrap(`  ${paint(mark)} `, short(text), style.width, isQuiet ? style.colors.dim : undefined),
    ...(hint === undefined ? [] : [renderHint(hint, view)]),
  ].join('');
}

function renderImage(check: ImageCheck, view: ReportView): string {
  const { style, short } = view;
  const { image, status, message, hint, problems, credentials } = check;
  const [mark, paint] = markOf(status, view);
  return [
    `${style.colors.bold(image)}\n`,
    wrap(`  ${paint(mark)} `, message, style.width),
    renderCredentials(credentials, INDENT, view),
    ...problems.map((problem) =>
      wrap(`${INDENT}${style.colors.red('✗')} `, short(problem), style.width),
    ),
    ...(hint === undefined ? [] : [renderHint(hint, view)]),
  ].join('');
}

function renderHint(hint: string, { style, short }: ReportView): string {
  return renderNote('hint', short(hint), { indent: INDENT, style });
}

function renderCounts(all: readonly { status: CheckStatus }[], { style }: DoctorView): string {
  const { bold, green, red, yellow } = style.colors;
  const amount = (wanted: CheckStatus): number =>
    all.filter(({ status }) => status === wanted).length;
  const [failures, warnings] = [amount('failure'), amount('warning')];
  if (failures + warnings === 0) return `${green(bold('ok'))}: no problems found\n`;
  const parts = [
    ...(failures === 0 ? [] : [red(count(failures, 'failure'))]),
    ...(warnings === 0 ? [] : [yellow(count(warnings, 'warning'))]),
  ];
  return `${parts.join(', ')}\n`;
}

function markOf(status: CheckStatus, { style }: DoctorView): [string, Paint] {
  const { green, yellow, red, dim } = style.colors;
  const marks = { ok: ['✓', green], info: ['·', dim], warning: ['!', yellow], failure: ['✗', red] };
  return marks[status] as [string, Paint];
}
