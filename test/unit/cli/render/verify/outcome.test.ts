import { expect, test } from '@jest/globals';
import { countOutcome, exitCodeOf } from '../../../../../src/cli/render/verify/outcome.ts';
import {
  malformed,
  neverPulled,
  outcomeOf,
  podRefused,
  pullable,
  refused,
  unreachable,
} from '../verify-reports.ts';

const warning = { code: 'manifest', message: 'odd' } as const;
const good = pullable('r.test/a');
const odd = pullable('r.test/b', { warnings: [warning] });
const broken = [{ path: 'x.yaml', line: 1, column: 1, reason: 'not YAML' }];

test.each([
  ['everything is good', outcomeOf([good]), [0, 0]],
  ['something is odd', outcomeOf([good, odd]), [0, 1]],
  ['something is odd that is about no image', outcomeOf([good], { warnings: [warning] }), [0, 1]],
  ['an image is refused', outcomeOf([good, refused('r.test/c')]), [1, 1]],
  ['an image is none', outcomeOf([malformed('C')]), [1, 1]],
  ['a file is broken', outcomeOf([good], { broken }), [1, 1]],
  ['a registry did not answer', outcomeOf([good, unreachable('d.test/a')]), [3, 3]],
  ['the API server refuses a pod', outcomeOf([good, podRefused('')]), [1, 1]],
  ['only the node knows', outcomeOf([good, neverPulled('r.test/n')]), [3, 3]],
  [
    'only the node knows, and another is refused',
    outcomeOf([refused('r'), neverPulled('n')]),
    [1, 1],
  ],
  ['one did not, and something is odd', outcomeOf([odd, unreachable('d.test/a')]), [3, 1]],
  ['one did not, and another refused', outcomeOf([refused('r'), unreachable('d.test/a')]), [1, 1]],
])('When %s, the exit code is what a CI job needs to know', (_, outcome, codes) => {
  const counts = countOutcome(outcome);
  expect([exitCodeOf(counts, false), exitCodeOf(counts, true)]).toEqual(codes);
});
