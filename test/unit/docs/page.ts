// A page of the documentation, taken apart into what can be checked.

import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** A fenced block of code. */
export interface Block {
  readonly language: string;
  /** The file that the block is, where it is one: `~/.docker/config.json`, `regcred.yaml`. */
  readonly title: string | undefined;
  readonly text: string;
  /** Where its text begins in the page. */
  readonly offset: number;
  /** Whether nothing but white space lies between it and the block before. */
  readonly follows: boolean;
}

/** A page with its blocks. */
export interface Page {
  /** Relative to the repository: `docs/matching.md`. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

const FENCE = /^( *)```(\w+)(?: title="([^"]*)")?\n([\s\S]*?)^\1```$/gm;
/** A script writes this one. */
const GENERATED = 'docs/benchmarks.md';

/** All pages that people wrote and that this repository checks. */
export function readPages(): readonly Page[] {
  const inDocs = readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .map((name) => posix.join('docs', name.replaceAll('\\', '/')))
    .filter((path) => path.endsWith('.md') && path !== GENERATED)
    .toSorted();
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', ...inDocs].map(readPage);
}

/** One page. */
export function readPage(path: string): Page {
  const text = readFileSync(path, 'utf8');
  const blocks: Block[] = [];
  let end = 0;
  for (const match of text.matchAll(FENCE)) {
    const [whole, , language = '', title, body = ''] = match;
    const follows = text.slice(end, match.index).trim() === '';
    const offset = match.index + whole.indexOf('\n') + 1;
    blocks.push({ language, title, text: body, offset, follows });
    end = match.index + whole.length;
  }
  return { path, text, blocks };
}

/** A page's text without its code, in which brackets are no links. */
function proseOf({ text }: Page): string {
  return text.replaceAll(FENCE, '').replaceAll(/`[^`\n]+`/g, (code) => ' '.repeat(code.length));
}

/** Where this repository's files are on the web: what the readme links to, for it is read on npm's pages too. */
const ON_THE_WEB = /^https:\/\/github\.com\/docker-keyring\/docker-keyring\/(?:blob|tree)\/main\//;

/** The targets of a page's links, and of its pictures; those of this repository relative to the page. */
export function linksOf(page: Page): readonly string[] {
  return writtenLinksOf(page).map((target) => {
    const path = target.replace(ON_THE_WEB, '');
    return path === target ? target : posix.relative(posix.dirname(page.path), path);
  });
}

/** The same, as they are written. */
export function writtenLinksOf(page: Page): readonly string[] {
  return [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** The anchors that GitHub gives to a page's headings. */
export function anchorsOf({ text }: Page): ReadonlySet<string> {
  const headings = text.replaceAll(FENCE, '').matchAll(/^#+ (.*)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** The rows of the table below a heading, cell by cell. */
export function tableOf({ text }: Page, heading: string): readonly (readonly string[])[] {
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
