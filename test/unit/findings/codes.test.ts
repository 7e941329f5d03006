import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

function codesIn(files: readonly string[], pattern: RegExp): string[] {
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  const codes = texts.flatMap((text) => [...text.matchAll(pattern)].map(([, code]) => code ?? ''));
  return [...new Set(codes)].toSorted();
}

test('every code of a document’s findings has its place in the table of the page, and no other has', () => {
  const rules = readdirSync('src/findings').map((file) => join('src/findings', file));
  const sources = [
    ...rules,
    'src/config/config-entry.ts',
    'src/kubernetes/secret/validate-pull-secret.ts',
  ];
  const found = codesIn(sources, /'((?:[a-z]+\d*-)+[a-z]+\d*)'(?=[,;\n ]| }\))/g).filter(
    (code) => !NO_CODES.has(code),
  );
  const page = readFileSync('docs/pull-secrets.md', 'utf8').split('\n');
  const rows = page
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|')[1] ?? '');
  const listed = rows.flatMap((cell) =>
    [...cell.matchAll(/`([a-z0-9-]+)`/g)].map(([, code]) => code ?? ''),
  );
  expect(listed.filter((code) => code.includes('-')).toSorted()).toEqual(found);
});

/** What looks like a code in these files: who rejects, and what no document is found at fault for. */
const NO_CODES: ReadonlySet<string> = new Set([
  'api-server',
  'more-findings',
  'not-a-secret',
  'json-invalid',
]);
