import { describe, expect, test } from '@jest/globals';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { consumer, linkPackage, nodes, repository, run, tools } from './consumer.ts';

const RESOLUTIONS = {
  node16: { module: 'node16' },
  node20: { module: 'node20' },
  nodenext: { module: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
  exact: { module: 'nodenext', exactOptionalPropertyTypes: true },
  // The client's own declarations pass no check of libraries.
  clients: { module: 'nodenext', skipLibCheck: true },
} as const;

type Resolution = keyof typeof RESOLUTIONS;

const old = (version: string): string => join(tools, `typescript-${version}`, 'bin', 'tsc');

/** The oldest and the newest, which is as fast as it has to be for all; between them, what each has first. */
const COMPILERS: [version: string, path: string, resolutions: Resolution[]][] = [
  ['5.4', old('5.4'), ['node16', 'nodenext', 'bundler']],
  ['5.9', old('5.9'), ['node20', 'exact', 'clients']],
  ['6.0', old('6.0'), ['nodenext', 'bundler']],
  [
    '7.0',
    join(repository, 'node_modules', 'typescript', 'bin', 'tsc'),
    ['node16', 'node20', 'nodenext', 'bundler', 'exact', 'clients'],
  ],
];

const cases = COMPILERS.flatMap(([version, path, resolutions]) =>
  resolutions.map((resolution) => ({ version, path, resolution })),
);

/** The consumer's copies of test/types, as ES modules and as CommonJS, which `type` of package.json decides. */
function typeTests(): string[] {
  for (const name of ['@types', '@kubernetes', 'client-node-1']) linkPackage(name);
  return ['module', 'commonjs'].map((type) => {
    const folder = join(consumer, `types-${type}`);
    cpSync(join(repository, 'test', 'types'), folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }));
    return folder;
  });
}

describe('The declarations in the tarball', () => {
  test.each(cases)(
    'pass the type tests with TypeScript $version, $resolution',
    ({ version, path, resolution }) => {
      const project = join(consumer, `tsconfig.${version}.${resolution}.json`);
      const compilerOptions = {
        target: 'es2022',
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        types: ['node'],
        ...RESOLUTIONS[resolution],
      };
      const exclude = compilerOptions.skipLibCheck ? [] : ['types-*/client-node.ts'];
      writeFileSync(project, JSON.stringify({ compilerOptions, include: typeTests(), exclude }));
      const { status, stdout } = run(nodes[0]?.path ?? 'node', [path, '-p', project]);
      expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    },
  );
});
