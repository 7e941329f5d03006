import { expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const source = join(process.cwd(), 'src');

const modules = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
  (file) =>
    file.endsWith('.ts') && !/^cli.(?:docker-(?:credential-)?keyring|binary.main)\.ts$/.test(file),
);

// Also what tells the coverage report that a file of types alone has nothing to cover.
test.each(modules)('src/%s can be imported', async (file) => {
  await expect(import(join(source, file))).resolves.toBeDefined();
});
