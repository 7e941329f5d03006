// JUnit XML of `verify`, as Jenkins (xunit-plugin, junit-10.xsd) and GitLab read it.

import type {
  ImageUse,
  VerifiedImage,
  VerifyWarning,
} from '../../../registry/verify/verify-report.ts';
import { describePlace, describeUse, renderReasons, type VerifyView } from './reasons.ts';
import { printableData } from '../text.ts';
import {
  imageName,
  verdictOn,
  type BrokenFile,
  type Verdict,
  type VerifyOutcome,
} from './outcome.ts';
import { PLAIN_STYLE } from '../style.ts';

/** Of images that are not known to belong to a registry. */
const NO_REGISTRY = 'invalid image names';
/** Of what is about files. */
const MANIFESTS = 'manifests';

interface TestCase {
  readonly suite: string;
  readonly name: string;
  readonly result: 'passed' | 'failure' | 'error';
  /** The elements in it. */
  readonly body: string;
}

/** A suite for each registry, and a case for each image. */
export function renderJunit(raw: VerifyOutcome, { system }: Pick<VerifyView, 'system'>): string {
  const { report, broken } = printableData(raw);
  const view = { style: PLAIN_STYLE, system };
  const cases = [
    ...report.images.map((image) => caseOfImage(image, report.images, view)),
    ...broken.map(caseOfFile),
    ...(report.warnings.length === 0 ? [] : [caseOfWarnings(report.warnings, view)]),
  ];
  const suites = [...new Set(cases.map(({ suite }) => suite))].map((suite) =>
    renderSuite(
      suite,
      cases.filter((one) => one.suite === suite),
    ),
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

function caseOfImage(
  image: VerifiedImage,
  all: readonly VerifiedImage[],
  view: VerifyView,
): TestCase {
  const verdict = verdictOn(image.status);
  const result = RESULTS[verdict];
  const warnings = image.warnings.length === 0 ? '' : systemOut(image.warnings, view);
  return {
    suite: image.registry ?? (image.status === 'pod-refused' ? MANIFESTS : NO_REGISTRY),
    name: nameOf(image, all),
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

/** GitLab keeps the first of two cases of one name. */
function nameOf(image: VerifiedImage, all: readonly VerifiedImage[]): string {
  const [use] = image.usedBy;
  const name = imageName(image);
  const sameImage = all.filter((other) => other.image === image.image);
  if (sameImage.length === 1 || use === undefined) return name;
  const samePod = sameImage.filter(
    ({ usedBy: [other] }) => other && ownerOf(other) === ownerOf(use),
  );
  return `${name} (${samePod.length === 1 ? ownerOf(use) : describeUse(use)})`;
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

/** Control characters are gone already; the two that remain, XML 1.0 has no way to write. */
function escape(text: string): string {
  return text
    .replaceAll(/[&<>"]/g, (character) => String(ENTITIES[character]))
    .replaceAll(/[\ufffe\uffff]/g, '\ufffd');
}
