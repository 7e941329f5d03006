// Lines, tables and paths of text for people.

import { isAbsolute, relative, sep } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { CredentialSource } from '../../credential/credential.ts';
import { describeSource as describe } from '../../credential/describe-source.ts';
import type { System } from '../../system/system.ts';

export type Paint = (text: string) => string;

/** The columns of a text, without colours. */
export function widthOfText(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}

/**
 * Breaks a text between words.
 *
 * @param first - The start of the first line; the other lines are indented by its width.
 * @param paint - Colours the text of each line.
 */
export function wrap(first: string, text: string, width: number, paint: Paint = String): string {
  const indent = ' '.repeat(widthOfText(first));
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of text.split(' ')) {
    const wide = widthOfText(word);
    if (line !== '' && indent.length + used + 1 + wide > width) {
      lines.push(line);
      line = word;
      used = wide;
    } else {
      used += line === '' ? wide : 1 + wide;
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  const painted = [...lines, line].map((one) => paint(one));
  return `${first}${painted.join(`\n${indent}`)}\n`;
}

/** Aligns cells in columns. If the table is too wide, the last cell of each row goes to a line of its own. */
export function table(rows: readonly (readonly string[])[], indent: string, width: number): string {
  const columns = largest(rows, (row) => row.length);
  const widths = Array.from({ length: columns }, (_, column) =>
    largest(rows, (row) => widthOfText(row[column] ?? '')),
  );
  const isWide = indent.length + sum(widths) + GAP.length * (columns - 1) > width;
  const below = indent.length + (widths[0] ?? 0) + GAP.length;
  const lines = rows.map((row) => {
    const inLine = isWide ? row.slice(0, -1) : row;
    const line = inLine.map((cell, column) => pad(cell, widths[column])).join(GAP);
    const rest = isWide ? `\n${' '.repeat(below)}${row.slice(-1).join('')}` : '';
    return `${indent}${line.trimEnd()}${rest}\n`;
  });
  return lines.join('');
}

const GAP = '  ';

function pad(text: string, width = 0): string {
  return text + ' '.repeat(width - widthOfText(text));
}

/** Not Math.max, whose arguments must fit on the stack. */
export function largest<T>(items: readonly T[], sizeOf: (item: T) => number): number {
  return items.reduce((most, item) => Math.max(most, sizeOf(item)), 0);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** A path relative to the working directory or to `~`, where it is below one of them. */
export function shortPath(
  path: string,
  system: Pick<System, 'workingDirectory' | 'homeDirectory'>,
): string {
  const here = inside(path, system.workingDirectory());
  if (here !== undefined) return here;
  const home = inside(path, system.homeDirectory());
  return home === undefined ? path : `~${sep}${home}`;
}

/** A text with the paths that stand in it shortened. */
export function shortPaths(
  text: string,
  paths: readonly string[],
  system: Parameters<typeof shortPath>[1],
): string {
  return paths.reduce((line, path) => line.replaceAll(path, shortPath(path, system)), text);
}

function inside(path: string, directory: string): string | undefined {
  if (directory === '' || !isAbsolute(path)) return undefined;
  const rest = relative(directory, path);
  return rest === '' || isAbsolute(rest) || /^\.\.([/\\]|$)/.test(rest) ? undefined : rest;
}

/** Groups in the order of their first items. */
export function grouped<T>(
  items: readonly T[],
  idOf: (item: T) => string,
): readonly (readonly [id: string, group: readonly [T, ...T[]]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const id = idOf(item);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [item]);
    else group.push(item);
  }
  return [...groups];
}

/** Where a credential came from, with short paths. */
export function describeSource(
  source: CredentialSource,
  system: Pick<System, 'workingDirectory' | 'homeDirectory'>,
): string {
  return describe(source, (path) => shortPath(path, system));
}

/** The end of a line about a source. */
export function describeExpiry(expiresAt: Date | string | undefined): string {
  if (expiresAt === undefined) return '';
  return `, until ${typeof expiresAt === 'string' ? expiresAt : expiresAt.toISOString()}`;
}

/** Makes control characters and text direction marks visible. */
export function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${Number(character.codePointAt(0)).toString(16)}}`,
  );
}

/** Plain data with every string made printable. */
export function printableData<T>(value: T): T {
  if (typeof value === 'string') return printable(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => printableData(item)) as T;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, printableData<unknown>(member)]),
  ) as T;
}
