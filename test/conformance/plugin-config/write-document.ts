// A document's values as a text: JSON, or YAML in every style, and then perhaps with something broken in it.

import { TAILS, HEADS } from './document-pieces.ts';
import { damage, encode } from './damage-document.ts';
import type { Random } from '../random.ts';
import type { Json } from './config-values.ts';

/** The bytes of a document. */
export function writeDocument(random: Random, value: Json): Buffer {
  const text = random.chance(0.3) ? writeJson(random, value) : writeStream(random, value);
  const broken = random.chance(0.8) ? text : damage(random, text);
  return encode(random, broken);
}

function writeJson(random: Random, value: Json): string {
  const space = random.pick([0, 2, '\t']);
  const text = JSON.stringify(value, undefined, space);
  const doubled = random.chance(0.1) ? doubleMember(random, text) : text;
  return random.weighted([
    [10, doubled],
    [1, `\n \t${doubled}\n`],
    [0.5, `${doubled},`],
    [0.5, `\u00a0${doubled}`],
    [0.5, `${doubled}${doubled}`],
    [0.5, `# comment\n${doubled}`],
  ]);
}

function doubleMember(random: Random, text: string): string {
  const members = [...text.matchAll(/"\w+":\s*"[^"]*"/g)].map(([member]) => member);
  if (members.length === 0) return text;
  const member = random.pick(members);
  return text.replace(member, () => `${member},${random.pick(members)}`);
}

function writeStream(random: Random, value: Json): string {
  const body = writeBlock(random, value, 0).replace(/^\n/, '');
  const text = random.chance(0.9)
    ? body
    : body.replaceAll('\n', random.pick(['\r\n', '\r', '\u0085', '\u2028']));
  return random.weighted([
    [12, text],
    [2, `---\n${text}`],
    [1, `# comment\n\n--- # another\n${text}`],
    [1, `${text}---\nsecond: document\n`],
    [0.7, `${text}...\n{[ garbage`],
    [0.7, `${text}\n---\n\u0007`],
    [0.5, `%YAML ${random.pick(['1.1', '1.2', '1', '1.1.1', '111.1', 'x'])}\n---\n${text}`],
    [0.5, `%TAG !y! tag:yaml.org,2002:\n---\n${text}`],
    [
      0.4,
      `%TAG ! ${random.pick(['!', 'tag:x', 'a%41', '%zz', '%c3%a9'])}\n${random.pick(['', '%TAG ! x\n'])}---\n${text}`,
    ],
    [0.3, `---\n---\n${text}`],
    [0.3, `...\n${text}`],
    [0.3, `--- ${text}`],
    [0.2, ''],
    [0.2, '# nothing\n'],
    [0.2, `--- |\n  ${text}`],
    [0.3, ` ${text}`],
    [0.4, `${text}${random.pick(TAILS)}`],
    [0.4, `${random.pick(HEADS)}${text}`],
  ]);
}

function writeBlock(random: Random, value: Json, indent: number): string {
  const properties = random.chance(0.03)
    ? `${random.pick(['&a', '&b-1', '!!map', '!!seq', '!', '!foo', '&a !x'])} `
    : '';
  if (random.chance(0.12) || typeof value !== 'object' || value === null) {
    return properties + writeFlow(random, value, indent);
  }
  const pad = ' '.repeat(indent);
  const entries = Array.isArray(value)
    ? value.map((item) => `${pad}-${writeItem(random, item, indent)}`)
    : Object.entries(value).map(([name, member]) => writeMember(random, pad, name, member));
  if (entries.length === 0) return properties + writeFlow(random, value, indent);
  const lines = entries.map((entry) => (random.chance(0.03) ? `${pad}# comment\n${entry}` : entry));
  return `${properties}\n${lines.join('')}`;
}

function writeItem(random: Random, item: Json, indent: number): string {
  const text = writeBlock(random, item, indent + 2);
  if (!text.startsWith('\n')) return ` ${endLine(text)}`;
  return random.chance(0.2) ? text : ` ${text.trimStart()}`;
}

function writeMember(random: Random, pad: string, name: string, member: Json): string {
  const key = writeKey(random, name);
  if (random.chance(0.02))
    return `${pad}? ${key}\n${pad}: ${endLine(writeFlow(random, member, pad.length))}`;
  if (random.chance(0.02)) return `${pad}<<: {${key}: ${writeFlow(random, member, 0)}}\n`;
  const isIndentless = Array.isArray(member) && random.chance(0.5);
  const text = writeBlock(
    random,
    member,
    pad.length + (isIndentless ? 0 : random.pick([1, 2, 2, 4])),
  );
  const written = `${pad}${key}:${text.startsWith('\n') ? text : ` ${endLine(text)}`}`;
  return random.chance(0.004) ? written + written : written;
}

function endLine(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

function writeKey(random: Random, name: string): string {
  return random.weighted([
    [20, name],
    [1, JSON.stringify(name)],
    [1, `'${name}'`],
    [0.3, `!!str ${name}`],
    [0.2, `&k ${name}`],
    [0.2, `${name} `],
    [0.1, `!!binary ${Buffer.from(name).toString('base64')}`],
  ]);
}

function writeFlow(random: Random, value: Json, indent: number): string {
  if (typeof value === 'string') return writeText(random, value, indent);
  if (value === null) return random.pick(['', '~', 'null', 'Null', 'NULL', '!!null ""']);
  if (typeof value === 'boolean') {
    return value
      ? random.pick(['true', 'True', 'yes', 'on', 'Y', '!!bool yes'])
      : random.pick(['false', 'FALSE', 'no', 'Off', 'n']);
  }
  if (typeof value === 'number') {
    return random.pick([
      String(value),
      '0x1F',
      '0b11',
      '1_000',
      '0o17',
      '017',
      '09',
      '+1',
      '-0b101',
      '1e3',
      '.5',
      '0b-1',
      '12e03',
      '!!float 1',
      '!!int "3"',
      '1.',
      '-.5',
      '0x',
      '1e999',
      '18446744073709551616',
      '0x1FFFFFFFFFFFFFFFFF',
    ]);
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => writeFlow(random, item, indent).replaceAll('\n', ' '));
    return `[${random.pick(['', ' '])}${items.join(random.pick([', ', ',', ' , ', ',\n ']))}${random.pick(['', '', ','])}]`;
  }
  const members = Object.entries(value).map(
    ([name, member]) =>
      `${writeKey(random, name)}:${random.weighted([
        [30, ' '],
        [1, ''],
      ])}${writeFlow(random, member, indent).replaceAll('\n', ' ')}`,
  );
  return `{${members.join(random.pick([', ', ',']))}${random.pick(['', '', ',', ' '])}}`;
}

function writeText(random: Random, text: string, indent: number): string {
  const pad = ' '.repeat(indent + 1);
  return random.weighted([
    [10, isSafe(text) || random.chance(0.02) ? text : JSON.stringify(text)],
    [4, JSON.stringify(text)],
    [3, `'${text.replaceAll("'", "''")}'`],
    [0.03, `!!str ${isSafe(text) ? text : JSON.stringify(text)}`],
    [0.03, `!!binary ${Buffer.from(text).toString('base64')}`],
    [0.03, `&x${random.below(3)} ${JSON.stringify(text)}`],
    [0.02, `*x${random.below(3)}`],
    [0.03, `|${random.pick(['', '-', '+', '2', '0', '+1', '1-', ' # c'])}\n${pad}${text}\n`],
    [0.03, `>${random.pick(['', '-', '+', '-2', 'x'])}\n${pad}${text}\n${pad}more\n\n`],
    [0.02, `"${escapes(random)}"`],
    [0.02, `${text}\n${pad}folded`],
    [0.02, `"${text}\n\n${pad}folded \\\n${pad}\\ joined"`],
    [
      0.1,
      random.pick([
        '!!timestamp 2020-01-01',
        '!!timestamp x',
        '!!int 1.5',
        '!!bool maybe',
        '! 12',
        '!foo 1',
        '!!float 3',
        '!<x> y',
        '!<x y',
        '!',
        '!!',
      ]),
    ],
  ]);
}

function isSafe(text: string): boolean {
  return (
    /^[A-Za-z*][\w./*-]*$/.test(text) &&
    !/^(?:y|n|yes|no|on|off|null|true|false)$/i.test(text) &&
    !text.startsWith('*')
  );
}

function escapes(random: Random): string {
  return random
    .times(3, () =>
      random.pick([
        '\\x41',
        '\\u00e9',
        '\\U0001F600',
        '\\n',
        '\\/',
        '\\e',
        '\\_',
        '\\N',
        '\\L',
        '\\P',
        '\\q',
        '\\uD800',
        '\\xZZ',
        '\\0',
        '\\a',
        '\\b',
        '\\t',
        '\\	',
        '\\v',
        '\\f',
        '\\r',
        '\\ ',
        '\\"',
        "\\'",
        '\\\\',
        '\\U00110000',
        "''",
        '\\u12',
      ]),
    )
    .join('');
}
