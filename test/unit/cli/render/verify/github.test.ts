import { describe, expect, test } from '@jest/globals';
import { renderGithub } from '../../../../../src/cli/render/verify/github.ts';
import type { VerifyOutcome } from '../../../../../src/cli/render/verify/outcome.ts';
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

const warning = { code: 'latest-tag', message: 'the tag is latest' } as const;

function linesOf(outcome: VerifyOutcome, env: Readonly<Record<string, string>> = {}): string[] {
  const system = { ...viewOf().system, env: (name: string) => env[name] };
  return renderGithub(outcome, { system }).trimEnd().split('\n');
}

describe('Annotations of verify', () => {
  test('stand at each place that names an image which cannot be pulled', () => {
    const image = refused('r.test/api:1', {
      usedBy: [
        use('api', { path: 'k8s/a,b:c.yaml', line: 7 }),
        use('job'),
        use('x', { path: 'x.yaml' }),
      ],
    });
    const message =
      'r.test/api:1: the registry refused both credentials%0A' +
      '  1.  robot  r.test/shop  from secret shop/regcred    ✗ 401%0A' +
      '  2.  ada    r.test       from ~/.docker/config.json  ✗ 401 (unauthorized: authentication required)%0A' +
      '= hint: make a new password%0A';
    expect(linesOf(outcomeOf([image]))).toEqual([
      `::error file=k8s/a%2Cb%3Ac.yaml,line=7,title=image cannot be pulled::${message}Deployment shop/api, container api`,
      `::error file=x.yaml,title=image cannot be pulled::${message}Deployment shop/x, container x`,
      '1 image: 1 cannot be pulled',
    ]);
  });

  test('have no file where nothing is from one', () => {
    const outcome = outcomeOf([
      pullable('r.test/a', { usedBy: [use('web', { path: 'web.yaml', line: 1 })] }),
      { ...malformed('r.test/A'), usedBy: [use('api', { path: 'standard input', line: 3 })] },
      unreachable('down.test/a'),
    ]);
    expect(linesOf(outcome)).toEqual([
      '::error title=image cannot be pulled::r.test/A: the repository name must be lower case%0ADeployment shop/api, container api',
      '::error title=image could not be verified::down.test/a: the registry did not answer (ECONNREFUSED)',
      '3 images: 1 can be pulled, 1 cannot be pulled, 1 could not be verified',
    ]);
  });

  test('are warnings too, at their own place or where their image is named', () => {
    const usedBy = [
      use('web', { path: 'web.yaml', line: 4 }),
      use('job', { path: 'job.yaml', line: 5 }),
    ];
    const outcome = outcomeOf(
      [
        pullable('r.test/a', { usedBy, warnings: [{ ...warning, hint: 'name a version' }] }),
        pullable('r.test/b', { usedBy, warnings: [{ ...warning, path: 'b.yaml', line: 1 }] }),
        pullable('r.test/c', { warnings: [warning] }),
      ],
      { warnings: [{ ...warning, path: 's.yaml' }, warning] },
    );
    expect(linesOf(outcome)).toEqual([
      '::warning file=web.yaml,line=4,title=image pull::r.test/a: the tag is latest%0Ahint: name a version',
      '::warning file=job.yaml,line=5,title=image pull::r.test/a: the tag is latest%0Ahint: name a version',
      '::warning file=b.yaml,line=1,title=image pull::r.test/b: the tag is latest',
      '::warning title=image pull::r.test/c: the tag is latest',
      '::warning file=s.yaml,title=image pull::the tag is latest',
      '::warning title=image pull::the tag is latest',
      '3 images: 3 can be pulled, 5 warnings',
    ]);
  });

  test.each([
    ['./a.yaml', {}, 'a.yaml'],
    ['/cwd/a.yaml', {}, 'a.yaml'],
    ['a.yaml', { GITHUB_WORKSPACE: '/' }, 'cwd/a.yaml'],
    ['../a.yaml', { GITHUB_WORKSPACE: '/' }, 'a.yaml'],
    ['/tmp/a.yaml', { GITHUB_WORKSPACE: '/cwd' }, '/tmp/a.yaml'],
  ])('name the file %s as the repository has it, with %j', (path, env, file) => {
    const broken = [{ path, line: 3, column: 2, reason: 'not YAML: 100 %' }];
    expect(linesOf(outcomeOf([], { broken }), env)).toEqual([
      `::error file=${file},line=3,col=2,title=manifest cannot be read::not YAML: 100 %25`,
      '0 images: 1 file cannot be read',
    ]);
  });

  test('have titles for what no registry was asked about', () => {
    const outcome = outcomeOf([podRefused(''), neverPulled('r.test/n')]);
    expect(linesOf(outcome)).toEqual([
      '::error title=image cannot be pulled::(no image): the API server refuses the pod: spec.containers: Required value%0A= hint: correct the manifest: no node gets such a pod',
      '::error title=image must be on the node::r.test/n: its pull policy is Never%0A= hint: load it onto every node',
      '2 images: 1 cannot be pulled, 1 must be on the node',
    ]);
  });

  test('cannot be ended by what stands in the report', () => {
    const [line, ...rest] = linesOf(outcomeOf([malformed('x\n::set-output name=a::b\r')]));
    expect(line).toMatch(/^::error title=[^:]*::x\\u\{a\}::set-output name=a::b\\u\{d\}: /);
    expect(rest).toHaveLength(1);
  });
});
