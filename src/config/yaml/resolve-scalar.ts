// What a text in a YAML 1.1 document means: `yes` is true, `0o7` is a number. Source: go.yaml.in/yaml/v2 v2.4.4
// resolve.go.

import { decodeGoUtf8 } from '../../go/utf8.ts';
import { readDottedFloat, readNumber, toFloat } from './resolve-number.ts';
import { parseTimestamp } from './timestamp.ts';
import type { YamlScalar } from './nodes.ts';
import { YAML_TAG_PREFIX } from './tags.ts';
import { YamlError } from './yaml-error.ts';

/** What a scalar is. */
export type ResolvedScalar =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | {
      readonly kind: 'number';
      readonly tag: string;
      /** As it stands in the JSON that Go makes of it. */
      readonly text: string;
      /** What it is called as a key; `undefined` for what cannot be one. */
      readonly name: string | undefined;
      readonly nonFinite?: string;
    }
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
  ...words('.nan .NaN .NAN', {
    kind: 'number',
    text: '.nan',
    name: '.nan',
    nonFinite: 'NaN',
    tag: 'float',
  }),
  ...words('.inf .Inf .INF +.inf +.Inf +.INF', {
    kind: 'number',
    text: '.inf',
    name: '.inf',
    nonFinite: '+Inf',
    tag: 'float',
  }),
  ...words('-.inf -.Inf -.INF', {
    kind: 'number',
    text: '-.inf',
    name: '-.inf',
    nonFinite: '-Inf',
    tag: 'float',
  }),
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
  return withTag(node, tag, resolution);
}

/** Whether a text without quotes is a string, and nothing else. */
export function isPlainString(text: string): boolean {
  return resolveText(text, '').tag === 'str';
}

const RESOLVABLE = new Set(['', '!!bool', '!!int', '!!float', '!!null', '!!timestamp']);

function shortTag(tag: string): string {
  return tag.startsWith(YAML_TAG_PREFIX) ? `!!${tag.slice(YAML_TAG_PREFIX.length)}` : tag;
}

function withTag({ mark }: YamlScalar, tag: string, resolution: Resolution): ResolvedScalar {
  const found = `!!${resolution.tag}`;
  if (tag === '' || tag === found) return resolution;
  // Of what is too large for an int64, Go makes no float.
  if (tag === '!!float' && resolution.kind === 'number' && resolution.name !== undefined) {
    return { kind: 'number', ...toFloat(Number(resolution.text)) };
  }
  // Go quotes the value, which may be a secret.
  throw new YamlError(`cannot decode ${found} as a ${tag}`, mark);
}

function resolveText(text: string, tag: string): Resolution {
  if (text === '<<') return { kind: 'string', text, tag: 'merge' };
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  const isNumeric = /^[-+\d]/.test(text);
  if (isNumeric && (tag === '' || tag === '!!timestamp') && parseTimestamp(text)) {
    return { kind: 'string', text, tag: 'timestamp' };
  }
  const number = isNumeric ? readNumber(text.replaceAll('_', '')) : readDottedFloat(text);
  return number === undefined
    ? { kind: 'string', text, tag: 'str' }
    : { kind: 'number', ...number };
}

function decodeBinary({ value, mark }: YamlScalar): string {
  const text = value.replaceAll(/[\r\n]/g, '');
  const bytes = Buffer.from(text, 'base64');
  // Go takes the standard alphabet with padding, whatever the bits behind the last byte.
  const isValid = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(text);
  if (!isValid) throw new YamlError('!!binary value contains invalid base64 data', mark);
  return decodeGoUtf8(bytes);
}
