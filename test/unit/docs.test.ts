import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import {
  configCandidates,
  type SearchSystem,
  type Semantics,
} from '../../src/config/search-paths.ts';
import { PROGRAM_HELP } from '../../src/cli/program/help.ts';
import { matchesImage } from '../../src/keyring/match.ts';
import { registryKey } from '../../src/keyring/registry-key.ts';
import { casesOf } from './fakes/amount.ts';
import {
  anchorsOf,
  linksOf,
  readPage,
  readPages,
  tableOf,
  writtenLinksOf,
  type Page,
} from './docs/page.ts';
import { runConsole } from './docs/run-console.ts';
import { runPage, type Outcome } from './docs/run-page.ts';
import { typeErrors } from './docs/type-check.ts';

const pages = readPages();
const readme = readPage('README.md');

describe('The code in a page prints what the page says', () => {
  const withCode = pages.filter(({ blocks }) =>
    blocks.some(({ language }) => ['ts', 'console'].includes(language)),
  );
  const isUpdate = process.env['UPDATE_DOCS'] === '1';
  const run = isUpdate ? withCode : casesOf(withCode, 5);

  test.each(run.map(({ path }) => path))('%s', async (path) => {
    const page = readPage(path);
    const text = withOutcomes(page, await runPage(page));
    if (isUpdate) writeFileSync(path, text);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  test('and has the types that the package declares', () => {
    expect(typeErrors(run)).toBe('');
  });

  test('and the first example fits on the first screen', () => {
    const example = readme.blocks.find(({ language }) => language === 'ts');
    expect(example?.text.trimEnd().split('\n').length).toBeLessThanOrEqual(10);
  });
});

describe('Links', () => {
  test.each(pages.map(({ path }) => path))('in %s lead somewhere', (path) => {
    expect(deadLinks(readPage(path))).toEqual([]);
  });

  test('in the readme work on npm too: they are of the repository that package.json names', () => {
    const { homepage, repository, bugs } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      homepage: string;
      repository: { url: string };
      bugs: string;
    };
    const place = homepage.replace('#readme', '');
    expect([repository.url, bugs]).toEqual([`git+${place}.git`, `${place}/issues`]);
    const links = writtenLinksOf(readme);
    expect(links.filter((link) => !link.startsWith('https://'))).toEqual([]);
    // Those of the repository are looked up above.
    const ofRepository = links.filter((link) => !linksOf(readme).includes(link));
    expect(ofRepository.filter((link) => !link.startsWith(`${place}/`))).toEqual([]);
    expect(ofRepository.length).toBeGreaterThan(20);
  });

  test('lead from the index of docs to every page there', () => {
    const links = linksOf(readPage('docs/README.md'));
    const linked = new Set(links.map((link) => posix.join('docs', link)));
    const inDocs = pages.map(({ path }) => path).filter((path) => path.startsWith('docs/'));
    expect(inDocs.filter((path) => !linked.has(path))).toEqual(['docs/README.md']);
  });
});

describe('The tables agree with the code', () => {
  test('the sources of the second layer, in their order', () => {
    const places = tableOf(readme, 'Sources, in order').map((row) => codeIn(row[2])[0] ?? '');
    expect(places.slice(1, -1)).toEqual(searchPaths('extended'));
  });

  test.each(['extended', 'kubelet'] as const)("the search paths in '%s'", (semantics) => {
    const guide = readPage('docs/node-configuration.md');
    const rows = tableOf(guide, `Search paths in '${semantics}'`);
    expect(rows.map(([place]) => codeIn(place)[0])).toEqual(searchPaths(semantics));
  });

  test('every class of error, with its code', () => {
    const rows = tableOf(readPage('docs/errors.md'), 'Classes and codes').map(
      (row) => [codeIn(row[0])[0], codeIn(row[1])[0]] as const,
    );
    expect(new Map(rows)).toEqual(new Map([...errorClasses(), ['TypeError', undefined]]));
  });

  test.each(tableOf(readPage('docs/matching.md'), 'The key'))(
    'the key %s',
    (written, key, matches, misses) => {
      const normalized = registryKey(codeIn(written)[0] ?? '')?.key ?? '';
      expect([normalized]).toEqual(codeIn(key));
      expect(codeIn(matches).filter((image) => !matchesImage(normalized, image))).toEqual([]);
      expect(codeIn(misses).filter((image) => matchesImage(normalized, image))).toEqual([]);
    },
  );

  test('the exit codes, in the words of the program', () => {
    const rows = tableOf(readPage('docs/command-line.md'), 'Exit codes');
    expect(rows.map(([code]) => code)).toEqual(['0', '1', '2', '3']);
    const help = PROGRAM_HELP.replaceAll(/\s+/g, ' ');
    expect(rows.filter((row) => !help.includes(row.join(' ')))).toEqual([]);
  });

  test('the options of the command line', async () => {
    const { text } = readPage('docs/command-line.md');
    const commands = ['lookup', 'explain', 'config', 'verify', 'doctor', 'secret create'];
    const asked = [...commands, 'secret validate']
      .map((name) => `$ docker-keyring ${name} --help\n`)
      .join('');
    const help = await runConsole(asked, '/home');
    expect(flagsIn(text)).toEqual(flagsIn(help));
  });

  test('the rooms, in their order', () => {
    const rows = tableOf(readPage('CONTRIBUTING.md'), 'Rooms');
    const rule = readFileSync('scripts/oxlint-rooms.js', 'utf8');
    const rooms = /const ROOMS = \[([^\]]*)\]/.exec(rule)?.[1] ?? '';
    expect(rows.map(([room]) => codeIn(room)[0])).toEqual(rooms.match(/[a-z-]+/g));
  });

  test('the commands that pages name are scripts of the package', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = pages.flatMap(({ text }) =>
      [...text.matchAll(/\bnpm (?:run (?:-s )?([\w:]+)|(start|test)\b)/g)].map(
        ([, script, short]) => script ?? short ?? '',
      ),
    );
    expect([...new Set(named)].filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

test('The readme has the two commands of a fresh machine', () => {
  expect(readme.text).toContain('\nnpm ci && npm start\n');
  expect(readme.text).toContain('\nnpm ci && npm test\n');
});

test('Every upstream test that the page on verification names is among the vectors', () => {
  const { text } = readPage('docs/verification.md');
  const vectors = readFileSync('test/conformance/vectors/upstream.jsonl', 'utf8');
  const named = [...text.matchAll(/`(Test\w+)`/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !vectors.includes(` ${name}`))).toEqual([]);
});

test('The decisions are numbered without a gap', () => {
  const numbers = readdirSync('docs/decisions').map((name) => Number(name.slice(0, 4)));
  expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1));
});

/** The page as its code has it. What is printed without a block for it goes to the end. */
function withOutcomes({ text }: Page, outcomes: readonly Outcome[]): string {
  let updated = text;
  for (const { shown, actual } of outcomes.toReversed()) {
    const start = shown?.offset ?? updated.length;
    const end = start + (shown?.text.length ?? 0);
    updated = updated.slice(0, start) + actual + updated.slice(end);
  }
  return updated;
}

function deadLinks(page: Page): readonly string[] {
  return linksOf(page).filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? page.path : posix.join(posix.dirname(page.path), file);
    if (!existsSync(target)) return true;
    return anchor !== undefined && !anchorsOf(readPage(target)).has(anchor);
  });
}

function codeIn(cell = ''): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** Options, without those of kubectl, which stands between quotes. */
function flagsIn(text: string): ReadonlySet<string> {
  const own = text.replaceAll(/["`]kubectl create [^"`]*["`]/g, '');
  return new Set(own.match(/(?<![\w-])--[a-z][a-z-]+/g));
}

/** The search paths as the pages write them. */
function searchPaths(semantics: Semantics): readonly string[] {
  const variables = new Map([
    ['HOME', '/~'],
    ['XDG_RUNTIME_DIR', '/$XDG_RUNTIME_DIR'],
  ]);
  const system: SearchSystem = {
    env: (name) => variables.get(name),
    platform: 'linux',
    homeDirectory: () => '/~',
    workingDirectory: () => '/.cwd',
    userId: () => 1000,
  };
  return configCandidates(system, {}, semantics).map(({ path }) =>
    path.replace(/^\/([~$])/, '$1').replace(/^\/\.cwd\//, './'),
  );
}

/** Every class that the sources declare, which is more than the main entry exports. */
function errorClasses(): readonly (readonly [name: string, code: string | undefined])[] {
  const declaration = /class (\w+) extends KeyringError \{\s+override readonly code = '(\w+)'/g;
  const names = readdirSync('src', { recursive: true, encoding: 'utf8' });
  const sources = names.filter((name) => name.endsWith('.ts')).map((name) => join('src', name));
  const texts = sources.map((path) => readFileSync(path, 'utf8')).join('\n');
  return [...texts.matchAll(declaration)].map(([, name = '', code = '']) => [name, code] as const);
}
