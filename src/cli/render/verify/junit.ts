// JUnit XML of `verify`, as Jenkins (xunit-plugin, junit-10.xsd) and GitLab read it.

import type {
  ImageUse,
  VerifiedImage,
  VerifyWarning,
} from '../../../registry/verify/verify-report.ts';
import type { BrokenFile } from '../../inputs/verify-inputs.ts';
import { describePlace, describeUse, renderReasons, type VerifyView } from './reasons.ts';
import { grouped, printableData } from '../text.ts';
import { imageName, verdictOn, type Verdict, type VerifyOutcome } from './outcome.ts';
import { PLAIN_STYLE } from '../style.ts';

/** The suite of images without a registry. */
const NO_REGISTRY = 'invalid image names';
/** The suite of files and pods. */
const MANIFESTS = 'manifests';

interface TestCase {
  readonly suite: string;
  readonly name: string;
  readonly result: 'passed' | 'failure' | 'error';
  /** XML. */
  readonly body: string;
}

/** A suite for each registry, and a case for each image. */
export function renderJunit(raw: VerifyOutcome, { system }: Pick<VerifyView, 'system'>): string {
  const { report, broken } = printableData(raw);
  const view = { style: PLAIN_STYLE, system };
  const cases = [
    ...caseNames(report.images).map(([image, name]) => caseOfImage(image, name, view)),
    ...broken.map(caseOfFile),
    ...(report.warnings.length === 0 ? [] : [caseOfWarnings(report.warnings, view)]),
  ];
  const suites = grouped(cases, ({ suite }) => suite).map(([suite, group]) =>
    renderSuite(suite, group),
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites${attributes({ name: 'docker-keyring verify', ...countsOf(cases) })}>\n`,
    ...suites,
    '</testsuites>\n',
  ].join('');
}

function renderSuite(name: string, cases: readonly TestCase[]): string {
  const lines = cases.map((one) => {
    const start = `    <testcase${attributes({ name: one.name, classname: name })}`;
    return one.body === '' ? `${start}/>\n` : `${start}>\n${one.body}    </testcase>\n`;
  });
  return [
    `  <testsuite${attributes({ name, ...countsOf(cases) })}>\n`,
    ...lines,
    '  </testsuite>\n',
  ].join('');
}

function countsOf(cases: readonly TestCase[]): Readonly<Record<string, string>> {
  const amount = (wanted: TestCase['result']): string =>
    String(cases.filter(({ result }) => result === wanted).length);
  return { tests: String(cases.length), failures: amount('failure'), errors: amount('error') };
}

function caseOfImage(image: VerifiedImage, name: string, view: VerifyView): TestCase {
  const verdict = verdictOn(image.status);
  const result = RESULTS[verdict];
  const warnings = image.warnings.length === 0 ? '' : systemOut(image.warnings, view);
  return {
    suite: image.registry ?? (image.status === 'pod-refused' ? MANIFESTS : NO_REGISTRY),
    name,
    result,
    body: result === 'passed' ? warnings : renderResult(result, image, view) + warnings,
  };
}

const RESULTS: Readonly<Record<Verdict, TestCase['result']>> = {
  pullable: 'passed',
  failed: 'failure',
  unknown: 'error',
  never: 'error',
};

/** Names that differ: of two cases with one name, GitLab keeps the first. */
function caseNames(
  images: readonly VerifiedImage[],
): readonly (readonly [VerifiedImage, name: string])[] {
  const byImage = countBy(images, ({ image }) => image);
  const byOwner = countBy(images, ({ image, usedBy: [use] }) => `${image}\n${use && ownerOf(use)}`);
  return images.map((image) => {
    const [use] = image.usedBy;
    const name = imageName(image);
    if (byImage.get(image.image) === 1 || use === undefined) return [image, name];
    const owner = ownerOf(use);
    const isOnly = byOwner.get(`${image.image}\n${owner}`) === 1;
    return [image, `${name} (${isOnly ? owner : describeUse(use)})`];
  });
}

function countBy<T>(items: readonly T[], idOf: (item: T) => string): ReadonlyMap<string, number> {
  return new Map(grouped(items, idOf).map(([id, group]) => [id, group.length]));
}

function ownerOf({ kind, namespace, name }: ImageUse): string {
  return `${kind} ${namespace}/${name}`;
}

function renderResult(result: 'failure' | 'error', image: VerifiedImage, view: VerifyView): string {
  const uses = image.usedBy.map((use) => {
    const place = describePlace(use, view);
    return `${place}${place && ': '}${describeUse(use)}\n`;
  });
  const text = renderReasons(image, '', view) + uses.join('');
  return element(result, { message: image.message, type: image.status }, text);
}

function caseOfFile({ path, line, column, reason }: BrokenFile): TestCase {
  const message = `${path}:${line}:${column}: ${reason}`;
  const body = element('error', { message, type: 'manifest-invalid' }, message);
  return { suite: MANIFESTS, name: path, result: 'error', body };
}

function caseOfWarnings(warnings: readonly VerifyWarning[], view: VerifyView): TestCase {
  const body = systemOut(warnings, view);
  return { suite: MANIFESTS, name: 'warnings', result: 'passed', body };
}

function systemOut(warnings: readonly VerifyWarning[], view: VerifyView): string {
  const lines = warnings.map((warning) => {
    const place = describePlace(warning, view);
    const hint = warning.hint === undefined ? '' : ` (${warning.hint})`;
    return `${place}${place && ': '}warning: ${warning.message}${hint}\n`;
  });
  return element('system-out', {}, lines.join(''));
}

function element(name: string, values: Readonly<Record<string, string>>, text: string): string {
  return `      <${name}${attributes(values)}>${escape(text)}</${name}>\n`;
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escape(value)}"`)
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Control characters were replaced before; XML 1.0 cannot write these two noncharacters. */
function escape(text: string): string {
  return text
    .replaceAll(/[&<>"]/g, (character) => String(ENTITIES[character]))
    .replaceAll(/[\ufffe\uffff]/g, '\ufffd');
}
