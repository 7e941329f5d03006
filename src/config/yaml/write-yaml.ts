// Writes YAML that kubectl and a kubelet read as it was meant. The package `yaml` leaves quotes out where Go needs them: for
// `0o7`, which is a number there, and `<<`.

import { isPlainString } from './yaml-scalars.ts';

/** What can be written. */
export type YamlValue =
  | string
  | number
  | boolean
  | readonly YamlValue[]
  | { readonly [name: string]: YamlValue | undefined };

/** A document in block style, its members in the order that they have; those that are `undefined` are left out. */
export function writeYaml(document: YamlValue): string {
  return `${blockOf(document).join('\n')}\n`;
}

function linesOf(value: YamlValue): readonly string[] {
  if (typeof value === 'string') return [yamlText(value)];
  if (typeof value !== 'object') return [String(value)];
  if (Array.isArray(value)) return (value as readonly YamlValue[]).flatMap(itemLines);
  return Object.entries(value).flatMap(([name, member]) =>
    member === undefined ? [] : memberLines(yamlText(name), member),
  );
}

function itemLines(item: YamlValue): readonly string[] {
  return blockOf(item).map((line, index) => `${index === 0 ? '-' : ' '} ${line}`);
}

function memberLines(name: string, member: YamlValue): readonly string[] {
  const block = blockOf(member);
  const isBlock = typeof member === 'object' && block[0] !== '[]' && block[0] !== '{}';
  return isBlock
    ? [`${name}:`, ...block.map((line) => `  ${line}`)]
    : [`${name}: ${block.join('')}`];
}

/** What is empty has no lines of its own. */
function blockOf(value: YamlValue): readonly string[] {
  const lines = linesOf(value);
  if (lines.length > 0) return lines;
  return [Array.isArray(value) ? '[]' : '{}'];
}

/** What no quotes are needed around, unless it is a number or boolean of YAML 1.1. */
const PLAIN = /^(?:--?(?=\w))?[.A-Za-z0-9](?:[-A-Za-z0-9_.+/=]|:(?=\S))*$/;

function yamlText(text: string): string {
  if (PLAIN.test(text) && isPlainString(text)) return text;
  return `"${text.replaceAll(/["\\]|[^ -~]/gu, escapeCharacter)}"`;
}

function escapeCharacter(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  const hex = Number(character.codePointAt(0)).toString(16);
  return hex.length > 4 ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
}
