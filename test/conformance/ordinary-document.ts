// A document's values as a text, as people and programs write YAML and JSON: nothing in it is broken or far-fetched.

import type { Json } from './plugin-config/config-values.ts';
import type { Random } from './random.ts';

/** The bytes of a text of one document; no difference from Go's reading is permitted. */
export function writeOrdinaryDocument(random: Random, value: Json): Buffer {
  return Buffer.from(encoded(random, ordinaryText(random, value)));
}

/** The bytes of a text of several documents. */
export function writeOrdinaryStream(random: Random, values: readonly Json[]): Buffer {
  const texts = values.map((value) => ended(writeBlock(random, value)));
  const first = random.chance(0.5) ? '---\n' : '';
  return Buffer.from(encoded(random, first + texts.join(random.pick(['---\n', '---\n# next\n']))));
}

function encoded(random: Random, text: string): string {
  const lines = random.chance(0.1) ? text.replaceAll('\n', '\r\n') : text;
  return random.chance(0.03) ? `\ufeff${lines}` : lines;
}

function ordinaryText(random: Random, value: Json): string {
  if (random.chance(0.25)) {
    return JSON.stringify(value, undefined, random.pick([0, 2, 4, '\t'])) + random.pick(['', '\n']);
  }
  const head = random.pick([
    '',
    '',
    '',
    '---\n',
    '# A comment: {with} "signs"\n',
    '\n# one\n\n---\n',
  ]);
  const tail = random.pick(['', '', '', '\n', '\n\n', '# the end\n', '...\n']);
  return head + ended(writeBlock(random, value)) + tail;
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

function writeBlock(random: Random, value: Json): string {
  if (typeof value !== 'object' || value === null) return writeScalar(random, value);
  const lines = new BlockWriter(random).lines(value, 0);
  return lines === undefined ? writeFlow(random, value) : `${lines.join('\n')}\n`;
}

/** Writes objects and lists over several lines, in one habit of indenting. */
class BlockWriter {
  readonly #random: Random;
  readonly #step: number;
  readonly #isIndentless: boolean;
  #anchors = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#step = random.pick([2, 2, 2, 4, 1, 3]);
    this.#isIndentless = random.chance(0.5);
  }

  /** `undefined` for what cannot be written so: what is empty. */
  lines(value: Json, indent: number): string[] | undefined {
    if (typeof value !== 'object' || value === null) return undefined;
    const written = Array.isArray(value)
      ? value.map((item) => this.#item(item, indent))
      : Object.entries(value).map(([name, member]) => this.#member(name, member, indent));
    if (written.length === 0 || this.#random.chance(0.1)) return undefined;
    return written.flatMap((lines) => this.#decorated(lines, indent));
  }

  #item(item: Json, indent: number): string[] {
    const pad = ' '.repeat(indent);
    const lines = this.lines(item, indent + 2);
    if (lines === undefined) return this.#valued(`${pad}-`, item, indent + 2);
    const [first = '', ...rest] = lines;
    // A comment or an empty line cannot stand beside the dash.
    const isCompact = /^ *[^ #]/.test(first) && this.#random.chance(0.9);
    return isCompact ? [`${pad}- ${first.trimStart()}`, ...rest] : [`${pad}-`, ...lines];
  }

  #member(name: string, member: Json, indent: number): string[] {
    const head = `${' '.repeat(indent)}${writeKey(this.#random, name)}:`;
    const isIndentless = this.#isIndentless && Array.isArray(member);
    const lines = this.lines(member, isIndentless ? indent : indent + this.#step);
    if (lines === undefined) return this.#valued(head, member, indent + this.#step);
    const anchor = this.#random.chance(0.03) ? ` &a${(this.#anchors += 1)}` : '';
    return [`${head}${anchor}${this.#random.chance(0.05) ? ' # a comment' : ''}`, ...lines];
  }

  #valued(head: string, value: Json, indent: number): string[] {
    if (typeof value === 'string' && isLong(value) && this.#random.chance(0.02)) {
      return this.#long(head, value, ' '.repeat(indent));
    }
    const text = writeFlow(this.#random, value);
    const comment = text !== '' && this.#random.chance(0.05) ? ' # a comment' : '';
    return [text === '' ? head : `${head}${this.#random.pick([' ', ' ', '  '])}${text}${comment}`];
  }

  #long(head: string, value: string, pad: string): string[] {
    const style = this.#random.pick(['|', '>', '|-', '>-', '|+', '"', "'"]);
    if (style === '"') return [`${head} "one`, `${pad}two ${escaped(value).slice(1)}`];
    const lines = value.split('\n').map((line) => (line.trim() === '' ? '' : pad + line.trim()));
    if (style !== "'") return [`${head} ${style}`, `${pad}text`, ...lines];
    return [`${head} 'one`, ...lines.map((line) => line.replaceAll("'", "''")), `${pad}two'`];
  }

  #decorated(lines: string[], indent: number): string[] {
    const before = this.#random.weighted<string[]>([
      [40, []],
      [1, ['']],
      [1, [`${' '.repeat(indent)}# a comment: [x`]],
    ]);
    return [...before, ...lines];
  }
}

function writeKey(random: Random, name: string): string {
  return isPlain(name) && random.chance(0.9) ? name : quoted(random, name);
}

function writeScalar(random: Random, value: string | number | boolean | null): string {
  if (value === null) return random.pick(['null', 'null', '~']);
  if (typeof value !== 'string') return String(value);
  return isPlain(value) && random.chance(0.8) ? value : quoted(random, value);
}

function writeFlow(random: Random, value: Json): string {
  if (typeof value !== 'object' || value === null) return writeScalar(random, value);
  const space = random.pick(['', ' ']);
  if (Array.isArray(value)) {
    const items = value.map((item) => writeFlow(random, item));
    return `[${space}${items.join(', ')}${space}]`;
  }
  const members = Object.entries(value).map(
    ([name, member]) => `${writeKey(random, name)}: ${writeFlow(random, member)}`,
  );
  return `{${space}${members.join(', ')}${space}}`;
}

function quoted(random: Random, text: string): string {
  const isSimple = !/[\n\t]/.test(text) && !UNPRINTABLE.test(text);
  return isSimple && random.chance(0.4) ? `'${text.replaceAll("'", "''")}'` : escaped(text);
}

/** What YAML's writers escape and JSON's do not. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff]/;

function escaped(text: string): string {
  return JSON.stringify(text).replaceAll(
    new RegExp(UNPRINTABLE, 'g'),
    (character) => String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Whether a text can stand on lines of its own. */
function isLong(text: string): boolean {
  return text !== '' && !UNPRINTABLE.test(text);
}

/** Whether people write a text without quotation marks. */
function isPlain(text: string): boolean {
  return /^[\w.+~][\w.+~/-]*(?:[ :][\w.+~/-]+)*$/.test(text);
}
