// Runs a page's code in a home of its own, and says what it printed beside what the page says.

import { jest } from '@jest/globals';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { format } from 'node:util';
import { inTurn } from './in-turn.ts';
import type { Block, Page } from './page.ts';
import { runConsole } from './run-console.ts';

/** What a block printed, and the block that says what it prints. */
export interface Outcome {
  /** `undefined` where the page says nothing: then nothing must be printed. */
  readonly shown: Block | undefined;
  readonly actual: string;
}

/** The names that a reader sees in place of the test's own folders. */
const SHOWN_HOME = '/home/ada';
const SHOWN_RUNTIME = '/run/user/1000';
const VARIABLES = [
  'COLUMNS',
  'NO_COLOR',
  'FORCE_COLOR',
  'HOME',
  'XDG_RUNTIME_DIR',
  'XDG_CONFIG_HOME',
  'DOCKER_CONFIG',
  'DOCKER_AUTH_CONFIG',
  'REGISTRY_AUTH_FILE',
];

/** Runs every block that can be run, in the page's order; a page's files are there from the beginning. */
export async function runPage(page: Page): Promise<readonly Outcome[]> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'docker-keyring-docs-')));
  const home = join(root, 'home');
  const goBack = goTo(home);
  try {
    for (const { title, text } of page.blocks) {
      if (title !== undefined) writeFile(pathOf(home, title), text);
    }
    return await inTurn(tasksOf(page, home));
  } finally {
    goBack();
    rmSync(root, { recursive: true });
  }
}

type Task = () => Promise<Outcome>;

function tasksOf({ blocks }: Page, home: string): readonly Task[] {
  return blocks.flatMap((block, index): Task[] => {
    const { language, text } = block;
    if (language === 'console') {
      return [
        async () => ({ shown: block, actual: shownPaths(await runConsole(text, home), home) }),
      ];
    }
    if (language !== 'ts') return [];
    const next = blocks[index + 1];
    const shown = next?.follows === true && next.language === 'text' ? next : undefined;
    const file = join(home, '.snippets', `${index}.ts`);
    writeFile(file, text);
    return [async () => ({ shown, actual: shownPaths(await runSnippet(file), home) })];
  });
}

async function runSnippet(file: string): Promise<string> {
  const lines: string[] = [];
  const log = jest.spyOn(console, 'log').mockImplementation((...values) => {
    lines.push(`${format(...values)}\n`);
  });
  try {
    await import(file);
  } finally {
    log.mockRestore();
  }
  return lines.join('');
}

function shownPaths(text: string, home: string): string {
  return text.replaceAll(runtimeOf(home), SHOWN_RUNTIME).replaceAll(home, SHOWN_HOME);
}

/** Beside the home: the command line shortens paths in it. */
function runtimeOf(home: string): string {
  return join(home, '../run');
}

function pathOf(home: string, title: string): string {
  return title.startsWith('~/') ? join(home, title.slice(2)) : join(home, 'work', title);
}

function writeFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Makes a folder the home and, in it, `work` the working directory. */
function goTo(home: string): () => void {
  const before = VARIABLES.map((name) => [name, process.env[name]] as const);
  const directory = process.cwd();
  const work = join(home, 'work');
  mkdirSync(work, { recursive: true });
  for (const name of VARIABLES) delete process.env[name];
  process.env['COLUMNS'] = '100';
  process.env['HOME'] = home;
  process.env['XDG_RUNTIME_DIR'] = runtimeOf(home);
  process.chdir(work);
  return () => {
    process.chdir(directory);
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
