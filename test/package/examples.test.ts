// The examples as a reader runs them: from the packed tarball, in a process, with the majors of dockerode, testcontainers and
// @kubernetes/client-node that people install today, which need a newer Node.js than this package does.
import { describe, expect, test } from '@jest/globals';
import { cpSync } from 'node:fs';
import { join } from 'node:path';

import { EXAMPLE_OUTPUTS } from '../unit/fakes/example-outputs.ts';
import { consumer, linkPackage, nodes, repository, run } from './consumer.ts';

/** The first that has `await using` and strips types. */
const node = nodes.find(
  ({ path }) => Number(run(path, ['-p', 'parseInt(process.versions.node)']).stdout) >= 24,
);

describe('On Node.js 24', () => {
  cpSync(join(repository, 'examples'), join(consumer, 'examples'), { recursive: true });
  for (const name of ['@kubernetes', 'dockerode', 'testcontainers']) linkPackage(name);

  test.each(Object.keys(EXAMPLE_OUTPUTS))('examples/%s prints what is written down', (file) => {
    const args = ['--no-warnings', join(consumer, 'examples', file)];
    const { status, stdout, stderr } = run(String(node?.path), args);
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: EXAMPLE_OUTPUTS[file],
      stderr: '',
    });
  });
});
