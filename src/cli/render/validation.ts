// The text of `secret validate`.

import type { Finding } from '../../kubernetes/secret/finding.ts';
import type { Validated } from '../commands/secret-validate.ts';
import type { Style } from './style.ts';
import { count, printableData, wrap } from './text.ts';

const REJECTED_BY = {
  'api-server': 'the API server refuses the secret',
  kubelet: 'the kubelet fails every pull that needs the secret',
} as const;

/** Each finding as a compiler would put it, and a line that counts them. */
export function renderValidation(raw: readonly Validated[], style: Style): string {
  const validated = printableData(raw);
  const blocks = validated.flatMap((one) =>
    one.findings.map((finding) => `${renderFinding(finding, one, style)}\n`),
  );
  return blocks.join('') + renderCounts(validated, style);
}

function renderFinding(finding: Finding, { file, secret }: Validated, style: Style): string {
  const { bold, red, yellow, blue } = style.colors;
  const { code, severity, field, message, rejectedBy, hint } = finding;
  const kind = (severity === 'error' ? red : yellow)(bold(`${severity}[${code}]`));
  const what = field === '' ? message : `${field}: ${message}`;
  const place = secret === undefined ? file : `${file}: secret ${secret}`;
  const note = (label: string, text: string): string =>
    wrap(`  ${blue('=')} ${bold(label)} `, text, style.width);
  return [
    wrap(`${kind}: `, what, style.width, bold),
    `${blue(' -->')} ${place}\n`,
    ...(rejectedBy === undefined ? [] : [note('note:', REJECTED_BY[rejectedBy])]),
    ...(hint === undefined ? [] : [note('hint:', hint)]),
  ].join('');
}

function renderCounts(validated: readonly Validated[], style: Style): string {
  const { bold, green, red, yellow } = style.colors;
  const findings = validated.flatMap((one) => one.findings);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  const secrets = count(validated.filter(({ secret }) => secret !== undefined).length, 'secret');
  if (findings.length === 0) return `${green(bold('ok'))}: ${secrets}, nothing to object to\n`;
  const parts = [
    secrets,
    ...(errors === 0 ? [] : [red(count(errors, 'error'))]),
    ...(warnings === 0 ? [] : [yellow(count(warnings, 'warning'))]),
  ];
  return `${parts.join(', ')}\n`;
}
