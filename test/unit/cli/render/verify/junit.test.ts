import { describe, expect, test } from '@jest/globals';
import type { ImageUse } from '../../../../../src/registry/index.ts';
import { renderJunit } from '../../../../../src/cli/render/verify/junit.ts';
import {
  malformed,
  neverPulled,
  outcomeOf,
  podRefused,
  pullable,
  refused,
  unreachable,
  use,
  viewOf,
} from '../verify-reports.ts';

const place = { path: 'api.yaml', line: 7 };
const warning = { code: 'latest-tag', message: 'the tag is latest' } as const;

function partOfWeb(name: string): ImageUse {
  return { ...use('web'), part: `container ${name}` };
}

describe('JUnit XML of verify', () => {
  test('has a suite for each registry and a case for each image', () => {
    const outcome = outcomeOf([
      pullable('r.test/web:1.0'),
      refused('r.test/api', {
        usedBy: [use('api', place), use('job')],
        warnings: [{ ...warning, hint: 'name a version' }],
      }),
      unreachable('down.test/a'),
      malformed('r.test/A'),
      pullable('r.test/b', { warnings: [{ ...warning, ...place }] }),
    ]);
    expect(renderJunit(outcome, viewOf(60, true))).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="docker-keyring verify" tests="5" failures="2" errors="1">
  <testsuite name="r.test" tests="3" failures="1" errors="0">
    <testcase name="r.test/web:1.0" classname="r.test"/>
    <testcase name="r.test/api" classname="r.test">
      <failure message="the registry refused both credentials" type="refused">the registry refused both credentials
  1.  robot  r.test/shop  from secret shop/regcred    ✗ 401
  2.  ada    r.test       from ~/.docker/config.json  ✗ 401 (unauthorized: authentication required)
= hint: make a new password
api.yaml:7: Deployment shop/api, container api
Deployment shop/job, container job
</failure>
      <system-out>warning: the tag is latest (name a version)
</system-out>
    </testcase>
    <testcase name="r.test/b" classname="r.test">
      <system-out>api.yaml:7: warning: the tag is latest
</system-out>
    </testcase>
  </testsuite>
  <testsuite name="down.test" tests="1" failures="0" errors="1">
    <testcase name="down.test/a" classname="down.test">
      <error message="the registry did not answer (ECONNREFUSED)" type="unreachable">the registry did not answer (ECONNREFUSED)
</error>
    </testcase>
  </testsuite>
  <testsuite name="invalid image names" tests="1" failures="1" errors="0">
    <testcase name="r.test/A" classname="invalid image names">
      <failure message="the repository name must be lower case" type="invalid-name">the repository name must be lower case
</failure>
    </testcase>
  </testsuite>
</testsuites>
`);
  });

  test('says which objects are meant where an image has several results', () => {
    const outcome = outcomeOf([
      pullable('r.test/a', { usedBy: [use('web')] }),
      refused('r.test/a', { usedBy: [use('api')] }),
      pullable('r.test/a'),
    ]);
    const names = [...renderJunit(outcome, viewOf()).matchAll(/testcase name="([^"]*)"/g)];
    expect(names.map(([, name]) => name)).toEqual([
      'r.test/a (Deployment shop/web)',
      'r.test/a (Deployment shop/api)',
      'r.test/a',
    ]);
  });

  test('says which part is meant where a pod has several results for an image', () => {
    const outcome = outcomeOf([
      pullable('r.test/a', { usedBy: [partOfWeb('a')] }),
      neverPulled('r.test/a', { usedBy: [partOfWeb('b')] }),
      pullable('r.test/a'),
      podRefused('', { usedBy: [use('job')] }),
    ]);
    const xml = renderJunit(outcome, viewOf());
    const names = [...xml.matchAll(/testcase name="([^"]*)" classname="([^"]*)"/g)];
    expect(names.map(([, name, suite]) => [name, suite])).toEqual([
      ['r.test/a (Deployment shop/web, container a)', 'r.test'],
      ['r.test/a (Deployment shop/web, container b)', 'r.test'],
      ['r.test/a', 'r.test'],
      ['(no image)', 'manifests'],
    ]);
    expect(xml).toContain('<error message="its pull policy is Never" type="never-pulled">');
    expect(xml).toContain(' type="pod-refused">the API server refuses the pod: ');
  });

  test('has a suite for what is about files', () => {
    const outcome = outcomeOf([], {
      broken: [{ path: 'bad.yaml', line: 3, column: 1, reason: 'not YAML' }],
      warnings: [{ code: 'pull-secret-unused', message: 'nobody uses it', path: 's.yaml' }],
    });
    expect(renderJunit(outcome, viewOf())).toContain(`
  <testsuite name="manifests" tests="2" failures="0" errors="1">
    <testcase name="bad.yaml" classname="manifests">
      <error message="bad.yaml:3:1: not YAML" type="manifest-invalid">bad.yaml:3:1: not YAML</error>
    </testcase>
    <testcase name="warnings" classname="manifests">
      <system-out>s.yaml: warning: nobody uses it
</system-out>
    </testcase>
  </testsuite>
`);
  });

  test('is XML whatever stands in the report', () => {
    const evil = `a&b<c>"d"'\u0000\u001b\ud800\uffff\u{1f600}]]>`;
    const xml = renderJunit(outcomeOf([malformed(evil)]), viewOf());
    expect(xml).toContain(
      `name="a&amp;b&lt;c&gt;&quot;d&quot;'\\u{0}\\u{1b}\\u{d800}\ufffd\u{1f600}]]&gt;"`,
    );
  });
});
