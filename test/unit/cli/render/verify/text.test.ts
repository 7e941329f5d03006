import { describe, expect, test } from '@jest/globals';
import { stripVTControlCharacters } from 'node:util';
import { renderVerify } from '../../../../../src/cli/render/verify/text.ts';
import {
  malformed,
  neverPulled,
  outcomeOf,
  podRefused,
  pullable,
  refused,
  refusedAda,
  robot,
  unreachable,
  use,
  viewOf,
} from '../verify-reports.ts';

const digest = `sha256:0123456789abcdef${'0'.repeat(48)}`;
const latest = {
  code: 'latest-tag',
  message: 'the tag latest may be another image tomorrow',
  hint: 'name a version',
} as const;

const outcome = outcomeOf(
  [
    pullable('r.test/shop/web:1.0', { digest, platforms: ['linux/amd64', 'linux/arm64'] }),
    refused('r.test/shop/api', {
      usedBy: [use('api', { path: 'api.yaml', line: 7 }), use('job')],
    }),
    pullable('r.test/x', {
      accepted: {
        ...robot,
        source: { kind: 'provider', provider: 'ecr' },
        expiresAt: '2026-01-01T00:00:00.000Z',
      },
      warnings: [{ ...latest, path: '/cwd/x.yaml', line: 3 }],
    }),
    unreachable('down.test/a'),
    refused('r.test/shop/db:2', { usedBy: [use('db', { path: '/cwd/db.yaml' })] }),
    malformed('r.test/Shop'),
    unreachable('down.test/b'),
    pullable('r.test/y', { warnings: [latest] }),
  ],
  {
    warnings: [
      { code: 'pull-secret-unused', message: 'no pod uses the secret shop/old' },
      {
        code: 'pull-secret-unused',
        message: 'no pod uses the secret shop/two',
        path: 's.yaml',
        line: 9,
      },
    ],
    registries: [
      { registry: 'r.test', images: 5, requests: 9 },
      {
        registry: 'docker.io',
        images: 1,
        requests: 2,
        rateLimit: { limit: 100, remaining: 7, windowSeconds: 21_600, source: '192.0.2.1' },
      },
    ],
    broken: [{ path: 'bad.yaml', line: 1, column: 2, reason: 'not YAML' }],
  },
);

const text = `✓ r.test/shop/web:1.0  robot from secret shop/regcred, sha256:0123456789ab, linux/amd64, linux/arm64
✓ r.test/x             robot from provider ecr, until 2026-01-01T00:00:00.000Z
✓ r.test/y             robot from secret shop/regcred

? down.test/a
? down.test/b
  the registry did not answer (ECONNREFUSED)

✗ r.test/shop/api
    Deployment shop/api, container api (api.yaml:7)
    Deployment shop/job, container job
✗ r.test/shop/db:2
    Deployment shop/db, container db (db.yaml)
  the registry refused both credentials
    1.  robot  r.test/shop  from secret shop/regcred    ✗ 401
    2.  ada    r.test       from ~/.docker/config.json  ✗ 401 (unauthorized: authentication required)
  = hint: make a new password

✗ r.test/Shop
  the repository name must be lower case

! the tag latest may be another image tomorrow
    r.test/x (x.yaml:3)
    r.test/y
  = hint: name a version

! no pod uses the secret shop/old

! no pod uses the secret shop/two
    s.yaml:9

docker.io: 7 of 100 pulls left in 6 hours, counted for 192.0.2.1

8 images: 3 can be pulled, 3 cannot be pulled, 2 could not be verified, 4 warnings, 1 file cannot be read
`;

describe('The text of verify', () => {
  test('has a line for what can be pulled, and reasons for what cannot', () => {
    expect(renderVerify(outcome, viewOf())).toBe(text);
  });

  test('breaks its lines at the width of the terminal, and colours them', () => {
    const shown = renderVerify(outcome, viewOf(60, true));
    expect(shown).toContain('\u001b[31m✗\u001b[39m');
    const plain = stripVTControlCharacters(shown);
    const lengths = plain.split('\n').map((line) => line.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(60);
    expect(plain.replaceAll(/\s+/g, ' ')).toBe(text.replaceAll(/\s+/g, ' '));
  });

  test('puts what is said of an image below a long name', () => {
    const name = `r.test/${'long/'.repeat(9)}x`;
    expect(renderVerify(outcomeOf([pullable(name)]), viewOf(80))).toBe(
      `✓ ${name}\n    robot from secret shop/regcred\n\nok: 1 image can be pulled\n`,
    );
  });

  test('says who nobody is', () => {
    const anonymous = { position: 2, outcome: 'failed', message: '503' } as const;
    const { source, key } = refusedAda;
    const image = refused('r.test/x', {
      candidates: [
        {
          position: 1,
          outcome: 'not-found',
          message: '404',
          ...(source && { source }),
          ...(key && { key }),
          username: '',
        },
        anonymous,
        { ...robot, position: 3 },
      ],
    });
    expect(renderVerify(outcomeOf([image]), viewOf())).toContain(
      `    1.  (no user name)  r.test       from ~/.docker/config.json  ✗ 404
    2.  (anonymous)                                              ? 503
    3.  robot           r.test/shop  from secret shop/regcred    ✓ accepted
`,
    );
    const accepted = { position: 1, outcome: 'accepted', message: 'accepted' } as const;
    const both = outcomeOf([
      pullable('r.test/a', { accepted }),
      pullable('r.test/b', { accepted: { ...robot, username: '' } }),
    ]);
    expect(renderVerify(both, viewOf())).toBe(
      '✓ r.test/a  without credentials\n✓ r.test/b  from secret shop/regcred\n\nok: 2 images can be pulled\n',
    );
  });

  test.each([
    [
      { limit: 100, remaining: 1, windowSeconds: 900 },
      'r.test: 1 of 100 pulls left in 15 minutes\n',
    ],
    [{ limit: 1, remaining: 0, windowSeconds: 1 }, 'r.test: 0 of 1 pull left in 1 second\n'],
    [{ limit: 5, remaining: 2 }, 'r.test: 2 of 5 pulls left\n'],
    [{ limit: 5, remaining: 2, source: 'acme' }, 'r.test: 2 of 5 pulls left, counted for acme\n'],
  ])('tells of the limit %j', (rateLimit, line) => {
    const registries = [{ registry: 'r.test', images: 1, requests: 1, rateLimit }];
    expect(renderVerify(outcomeOf([], { registries }), viewOf())).toContain(line);
  });

  test('shows control characters instead of sending them to the terminal', () => {
    const shown = renderVerify(outcomeOf([refused('r.test/\u001b[2J')]), viewOf());
    expect(shown).toContain(String.raw`✗ r.test/\u{1b}[2J`);
  });

  test('says what no registry was asked about', () => {
    const images = [podRefused('', { usedBy: [use('job')] }), neverPulled('r.test/n')];
    expect(renderVerify(outcomeOf(images), viewOf())).toBe(`? r.test/n
  its pull policy is Never
  = hint: load it onto every node

✗ (no image)
    Deployment shop/job, container job
  the API server refuses the pod: spec.containers: Required value
  = hint: correct the manifest: no node gets such a pod

2 images: 1 cannot be pulled, 1 must be on the node
`);
  });

  test('counts what there is, and nothing else', () => {
    expect(renderVerify(outcomeOf([malformed('X')]), viewOf())).toMatch(
      /\n1 image: 1 cannot be pulled\n$/,
    );
    expect(renderVerify(outcomeOf([]), viewOf())).toBe('ok: 0 images can be pulled\n');
  });
});

test('A candidate that does not fit into a line takes several', () => {
  const image = outcome.report.images.find(({ status }) => status === 'refused');
  const at = (width: number): string =>
    renderVerify(outcomeOf(image ? [image] : []), viewOf(width));
  expect(at(80)).toContain(`
    1.  robot  r.test/shop  from secret shop/regcred
        ✗ 401
    2.  ada    r.test       from ~/.docker/config.json
        ✗ 401 (unauthorized: authentication required)
  = hint`);
  expect(at(50)).toContain(`
    1.  robot  r.test/shop
        from secret shop/regcred
        ✗ 401
    2.  ada    r.test
        from ~/.docker/config.json
        ✗ 401 (unauthorized: authentication
          required)
  = hint`);
});
