// The text of `secret validate`.

import { isFault, type Finding } from '../../findings/finding.ts';
import { count } from '../../util/text/count.ts';
import type { Style } from './style.ts';
import { renderNote } from './note.ts';
import { printableData, wrap } from './text.ts';

/** The findings in one Secret, or about a file as a whole. */
export interface Validated {
  readonly file: string;
  /** `namespace/name`; `undefined` for a finding about the file. */
  readonly secret: string | undefined;
  readonly findings: readonly Finding[];
}

const REJECTED_BY = {
  'api-server': 'the API server rejects the secret',
  kubelet: 'the kubelet fails every pull that needs the secret',
} as const;

/** Each finding, as a compiler prints errors, and a summary. */
export function renderValidation(raw: readonly Validated[], style: Style): string {
  const validated = printableData(raw);
  const blocks = validated.flatMap((one) =>
    one.findings.map((finding) => `${renderFinding(finding, one, style)}\n`),
  );
  return blocks.join('') + renderCounts(validated, style);
}

function renderFinding(finding: Finding, { file, secret }: Validated, style: Style): string {
  const { bold, red, yellow, blue } = style.colors;
  const { code, severity, message, rejectedBy, hint } = finding;
  const { field = '' } = finding.where;
  const kind = (severity === 'error' ? red : yellow)(bold(`${severity}[${code}]`));
  const what = field === '' ? message : `${field}: ${message}`;
  const place = secret === undefined ? file : `${file}: secret ${secret}`;
  const view = { indent: '  ', style };
  return [
    wrap(`${kind}: `, what, style.width, bold),
    `${blue(' -->')} ${place}\n`,
    ...(rejectedBy === undefined ? [] : [renderNote('note', REJECTED_BY[rejectedBy], view)]),
    ...(hint === undefined ? [] : [renderNote('hint', hint, view)]),
  ].join('');
}

function renderCounts(validated: readonly Validated[], style: Style): string {
  const { bold, green, red, yellow } = style.colors;
  const findings = validated.flatMap((one) => one.findings).filter(isFault);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  const secrets = count(validated.filter(({ secret }) => secret !== undefined).length, 'secret');
  if (findings.length === 0) return `${green(bold('ok'))}: ${secrets}, no problems found\n`;
  const parts = [
    secrets,
    ...(errors === 0 ? [] : [red(count(errors, 'error'))]),
    ...(warnings === 0 ? [] : [yellow(count(warnings, 'warning'))]),
  ];
  return `${parts.join(', ')}\n`;
}
