import { afterEach, expect, jest, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import { EXAMPLE_OUTPUTS, NEED_NODE_22 } from './fakes/example-outputs.ts';

const folder = join(process.cwd(), 'examples');

/** Those that run on this Node.js; test/package runs all of them on a newer one. */
const examples = Object.keys(EXAMPLE_OUTPUTS).filter(
  (file) => Number(process.versions.node.split('.')[0]) >= 22 || !NEED_NODE_22.includes(file),
);

afterEach(() => {
  jest.restoreAllMocks();
});

test('every example has an output', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  expect(files.toSorted()).toEqual(Object.keys(EXAMPLE_OUTPUTS).toSorted());
});

test.each(examples)('examples/%s runs and prints what is written here', async (file) => {
  const lines: string[] = [];
  jest.spyOn(console, 'log').mockImplementation((...values) => {
    lines.push(`${format(...values)}\n`);
  });
  await import(join(folder, file));
  expect(lines.join('')).toBe(EXAMPLE_OUTPUTS[file]);
});
