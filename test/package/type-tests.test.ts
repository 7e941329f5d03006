import { describe, expect, test } from '@jest/globals';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { consumer, linkPackage, nodes, repository, run, tools } from './consumer.ts';

const compilers = [
  { version: '5.9', path: join(tools, 'typescript-5.9', 'bin', 'tsc') },
  { version: '7.0', path: join(repository, 'node_modules', 'typescript', 'bin', 'tsc') },
];

const resolutions = [
  { name: 'nodenext', options: { module: 'nodenext' } },
  { name: 'bundler', options: { module: 'esnext', moduleResolution: 'bundler' } },
  { name: 'exact', options: { module: 'nodenext', exactOptionalPropertyTypes: true } },
  // The client's own declarations pass no check of libraries.
  { name: 'clients', options: { module: 'nodenext', skipLibCheck: true } },
];

const cases = compilers.flatMap((compiler) =>
  resolutions.map(({ name, options }) => ({ compiler, version: compiler.version, name, options })),
);

/** The consumer's copy of test/types, compiled against the installed package's declarations. */
function typeTests(): string {
  cpSync(join(repository, 'test', 'types'), join(consumer, 'types'), { recursive: true });
  for (const name of ['@types', '@kubernetes', 'client-node-1']) linkPackage(name);
  return 'types';
}

describe('The declarations in the tarball', () => {
  test.each(cases)('pass the type tests with TypeScript $version, $name', (each) => {
    const project = join(consumer, `tsconfig.${each.version}.${each.name}.json`);
    const compilerOptions = {
      target: 'es2022',
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      types: ['node'],
      ...each.options,
    };
    const exclude = compilerOptions.skipLibCheck ? [] : ['types/client-node.ts'];
    writeFileSync(project, JSON.stringify({ compilerOptions, include: [typeTests()], exclude }));
    const { status, stdout } = run(nodes[0]?.path ?? 'node', [each.compiler.path, '-p', project]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});
