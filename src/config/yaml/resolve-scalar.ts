// What a text in a YAML 1.1 document means: `yes` is true, `0o7` is a number. Source: go.yaml.in/yaml/v2 v2.4.4
// resolve.go.

import { decodeGoUtf8 } from '../utf8.ts';
import { isDottedFloat, readNumber } from './resolve-number.ts';
import { parseTimestamp } from './timestamp.ts';
import type { YamlScalar } from './nodes.ts';
import { YAML_TAG_PREFIX } from './tags.ts';
import { YamlError } from './yaml-error.ts';

/** What a scalar is; a number's text is what it is called as a key. */
export type ResolvedScalar =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly text: string; readonly nonFinite?: string }
  | { readonly kind: 'string'; readonly text: string };

type Resolution = ResolvedScalar & { readonly tag: string };

const WORDS: ReadonlyMap<string, Resolution> = new Map([
  ...words('y Y yes Yes YES true True TRUE on On ON', {
    kind: 'boolean',
    value: true,
    tag: 'bool',
  }),
  ...words('n N no No NO false False FALSE off Off OFF', {
    kind: 'boolean',
    value: false,
    tag: 'bool',
  }),
  ...words('~ null Null NULL', { kind: 'null', tag: 'null' }),
  ['', { kind: 'null', tag: 'null' }],
  ...words('.nan .NaN .NAN', { kind: 'number', text: '.nan', nonFinite: 'NaN', tag: 'float' }),
  ...words('.inf .Inf .INF +.inf +.Inf +.INF', {
    kind: 'number',
    text: '.inf',
    nonFinite: '+Inf',
    tag: 'float',
  }),
  ...words('-.inf -.Inf -.INF', { kind: 'number', text: '-.inf', nonFinite: '-Inf', tag: 'float' }),
]);

function words(list: string, meaning: Resolution): (readonly [string, Resolution])[] {
  return list.split(' ').map((word) => [word, meaning] as const);
}

/** What a scalar means. */
export function resolveScalar(node: YamlScalar): ResolvedScalar {
  const { value: text, isImplicit } = node;
  const tag = shortTag(node.tag);
  if (tag === '' && !isImplicit) return { kind: 'string', text };
  if (tag === '!!binary') return { kind: 'string', text: decodeBinary(node) };
  if (tag === '!!str' || !RESOLVABLE.has(tag)) return { kind: 'string', text };
  const resolution = resolveText(text, tag);
  checkTag(node, tag, resolution);
  return resolution;
}

const RESOLVABLE = new Set(['', '!!bool', '!!int', '!!float', '!!null', '!!timestamp']);

function shortTag(tag: string): string {
  return tag.startsWith(YAML_TAG_PREFIX) ? `!!${tag.slice(YAML_TAG_PREFIX.length)}` : tag;
}

function checkTag(node: YamlScalar, tag: string, resolution: Resolution): void {
  const found = `!!${resolution.tag}`;
  if (tag === '' || tag === found || (tag === '!!float' && resolution.tag === 'int')) return;
  // Go quotes the value, which may be a secret.
  throw new YamlError(`cannot decode ${found} as a ${tag}`, node.mark);
}

function resolveText(text: string, tag: string): Resolution {
  if (text === '<<') return { kind: 'string', text, tag: 'merge' };
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (/^[-+\d]/.test(text)) {
    if ((tag === '' || tag === '!!timestamp') && parseTimestamp(text)) {
      return { kind: 'string', text, tag: 'timestamp' };
    }
    const number = readNumber(text.replaceAll('_', ''));
    if (number !== undefined) return { kind: 'number', ...number };
  } else if (isDottedFloat(text)) {
    return { kind: 'number', tag: 'float', text: String(Number(text)) };
  }
  return { kind: 'string', text, tag: 'str' };
}

function decodeBinary({ value, mark }: YamlScalar): string {
  const text = value.replaceAll(/[\r\n]/g, '');
  const bytes = Buffer.from(text, 'base64');
  // Go takes the standard alphabet with padding, whatever the bits behind the last byte.
  const isValid = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(text);
  if (!isValid) throw new YamlError('!!binary value contains invalid base64 data', mark);
  return decodeGoUtf8(bytes);
}
