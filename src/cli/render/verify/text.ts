// The text of `verify`: a line for each image that can be pulled, then the others with their reasons, and a summary.

import type { RegistryUsage, VerifiedImage } from '../../../registry/verify/verify-report.ts';
import { count } from '../../../util/text/count.ts';
import {
  describeAccepted,
  describePlace,
  describeUse,
  renderReasons,
  type VerifyView,
} from './reasons.ts';
import { renderNote } from '../note.ts';
import { grouped, largest, printableData, widthOfText, wrap } from '../text.ts';
import {
  countOutcome,
  imageName,
  verdictOn,
  warningsOf,
  type ImageWarning,
  type Verdict,
  type VerifyCounts,
  type VerifyOutcome,
} from './outcome.ts';

/** Where less is left of the width, details go below the image. */
const MIN_DETAIL_WIDTH = 36;
const INDENT = '    ';
const SHORT_DIGEST_LENGTH = 'sha256:'.length + 12;

export function renderVerify(raw: VerifyOutcome, view: VerifyView): string {
  const outcome = printableData(raw);
  const { images, registries } = outcome.report;
  const blocks = [
    renderPullable(images, view),
    ...renderProblems(images, 'never', view),
    ...renderProblems(images, 'unknown', view),
    ...renderProblems(images, 'failed', view),
    ...renderWarnings(warningsOf(outcome.report), view),
    registries.map((registry) => renderRateLimit(registry, view)).join(''),
    renderSummary(countOutcome(outcome), view),
  ];
  return blocks.filter((block) => block !== '').join('\n');
}

function renderPullable(images: readonly VerifiedImage[], view: VerifyView): string {
  const pullable = images.filter(({ status }) => status === 'pullable');
  const column = 4 + largest(pullable, ({ image }) => widthOfText(image));
  return pullable.map((image) => renderLine(image, column, view)).join('');
}

function renderLine(image: VerifiedImage, column: number, view: VerifyView): string {
  const { bold, green, dim } = view.style.colors;
  const { digest, platforms = [] } = image;
  const details = [
    describeAccepted(image, view),
    ...(digest === undefined ? [] : [digest.slice(0, SHORT_DIGEST_LENGTH)]),
    ...platforms,
  ].join(', ');
  const start = `${green('✓')} ${bold(image.image)}`;
  const { width } = view.style;
  if (width - column < MIN_DETAIL_WIDTH) return `${start}\n${wrap(INDENT, details, width, dim)}`;
  return wrap(start + ' '.repeat(column - widthOfText(start)), details, width, dim);
}

/** Reasons that several images share are printed once, below them. */
function renderProblems(
  images: readonly VerifiedImage[],
  verdict: Exclude<Verdict, 'pullable'>,
  view: VerifyView,
): string[] {
  const { bold, red, yellow } = view.style.colors;
  const mark = verdict === 'failed' ? red('✗') : yellow('?');
  const problems = images.filter(({ status }) => verdictOn(status) === verdict);
  return grouped(problems, (image) => renderReasons(image, '  ', view)).map(([reasons, group]) =>
    [
      ...group.map((image) => `${mark} ${bold(imageName(image))}\n${renderUses(image, view)}`),
      reasons,
    ].join(''),
  );
}

function renderUses({ usedBy }: VerifiedImage, view: VerifyView): string {
  const { dim } = view.style.colors;
  const lines = usedBy.map((use) => {
    const place = describePlace(use, view);
    const text = place === '' ? describeUse(use) : `${describeUse(use)} (${place})`;
    return wrap(INDENT, text, view.style.width, dim);
  });
  return lines.join('');
}

function renderWarnings(warnings: readonly ImageWarning[], view: VerifyView): string[] {
  const { yellow } = view.style.colors;
  return grouped(warnings, warningText).map(([, group]) => {
    const { message, hint } = group[0].warning;
    return [
      wrap(`${yellow('!')} `, message, view.style.width),
      ...new Set(group.map((one) => renderSubject(one, view))),
      ...(hint === undefined
        ? []
        : [renderNote('hint', hint, { indent: '  ', style: view.style })]),
    ].join('');
  });
}

function warningText({ warning }: ImageWarning): string {
  return `${warning.message}\n${warning.hint}`;
}

function renderSubject({ image, warning }: ImageWarning, view: VerifyView): string {
  const place = describePlace(warning, view);
  const name = image?.image ?? '';
  const subject = name === '' || place === '' ? `${name}${place}` : `${name} (${place})`;
  return subject === '' ? '' : `${INDENT}${view.style.colors.dim(subject)}\n`;
}

function renderRateLimit({ registry, rateLimit }: RegistryUsage, view: VerifyView): string {
  if (rateLimit === undefined) return '';
  const { remaining, limit, windowSeconds, source } = rateLimit;
  const window = windowSeconds === undefined ? '' : ` in ${describeSeconds(windowSeconds)}`;
  const whose = source === undefined ? '' : `, counted for ${source}`;
  const text = `${registry}: ${remaining} of ${count(limit, 'pull')} left${window}${whose}`;
  return wrap('', text, view.style.width, view.style.colors.dim);
}

function describeSeconds(seconds: number): string {
  if (seconds % 3600 === 0) return count(seconds / 3600, 'hour');
  return seconds % 60 === 0 ? count(seconds / 60, 'minute') : count(seconds, 'second');
}

export function renderSummary(counts: VerifyCounts, { style }: VerifyView): string {
  const { bold, green, red, yellow } = style.colors;
  const { images, pullable, failed, unknown, never, warnings, broken } = counts;
  const parts = [
    ...(pullable === 0 ? [] : [green(`${pullable} can be pulled`)]),
    ...(failed === 0 ? [] : [red(`${failed} cannot be pulled`)]),
    ...(never === 0 ? [] : [yellow(`${never} must be on the node`)]),
    ...(unknown === 0 ? [] : [yellow(`${unknown} could not be verified`)]),
    ...(warnings === 0 ? [] : [yellow(count(warnings, 'warning'))]),
    ...(broken === 0 ? [] : [red(`${count(broken, 'file')} cannot be read`)]),
  ];
  const isGood = pullable === images && warnings + broken === 0;
  if (isGood) return `${green(bold('ok'))}: ${count(images, 'image')} can be pulled\n`;
  return wrap(`${bold(count(images, 'image'))}: `, parts.join(', '), style.width);
}
