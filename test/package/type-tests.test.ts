import { describe, expect, test } from '@jest/globals';
import { cpSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { consumer, nodes, repository, run, tools } from './consumer.ts';

const compilers = [
  ...['5.4', '5.9', '6.0'].map((version) => ({
    version,
    path: join(tools, `typescript-${version}`, 'bin', 'tsc'),
  })),
  { version: '7.0', path: join(repository, 'node_modules', 'typescript', 'bin', 'tsc') },
];

/** The files as ES modules, or as CommonJS, which `type` of package.json decides. */
const TYPES = ['module', 'commonjs'];

const resolutions = [
  { name: 'node16', options: { module: 'node16' } },
  { name: 'node20', options: { module: 'node20' }, since: 5.9 },
  { name: 'nodenext', options: { module: 'nodenext' } },
  { name: 'bundler', options: { module: 'esnext', moduleResolution: 'bundler' } },
  { name: 'exact', options: { module: 'nodenext', exactOptionalPropertyTypes: true } },
];

const cases = compilers.flatMap((compiler) =>
  resolutions
    .filter(({ since = 0 }) => Number(compiler.version) >= since)
    .flatMap((each) => TYPES.map((type) => ({ ...each, compiler, type }))),
);

/** The consumer's copy of test/types, compiled against the installed package's declarations. */
function typeTests(type: string): string {
  const folder = join(consumer, `types-${type}`);
  cpSync(join(repository, 'test', 'types'), folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }));
  const target = join(repository, 'node_modules', '@types');
  const link = join(consumer, 'node_modules', '@types');
  if (!readdirSync(join(consumer, 'node_modules')).includes('@types')) symlinkSync(target, link);
  return folder;
}

describe('The declarations in the tarball', () => {
  test.each(cases)(
    'pass the type tests with TypeScript $compiler.version, $name, as $type',
    (each) => {
      const project = join(
        typeTests(each.type),
        `tsconfig.${each.compiler.version}.${each.name}.json`,
      );
      const compilerOptions = {
        target: 'es2022',
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        types: ['node'],
        ...each.options,
      };
      writeFileSync(project, JSON.stringify({ compilerOptions, include: ['.'] }));
      const { status, stdout } = run(nodes[0]?.path ?? 'node', [each.compiler.path, '-p', project]);
      expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    },
  );
});
