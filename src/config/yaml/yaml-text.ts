// The characters of a YAML document, as Go reads them: UTF-8 or, by its byte order mark, UTF-16, and no control
// characters. Source: go.yaml.in/yaml/v2 v2.4.4 readerc.go.

import { placeFinder } from '../../go/document/json-document.ts';
import { sequenceLength } from '../../go/utf8.ts';
import { YamlError } from './yaml-error.ts';

const CONTROL = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
/** Line breaks to Go, and none to the package `yaml`. */
const OTHER_BREAKS = /\r(?!\n)|\x85/g;

/**
 * Decodes a document.
 *
 * @param firstLine - The line of the whole text at which it begins.
 * @throws {@link YamlError} where Go refuses a character.
 */
export function decodeYamlText(bytes: Uint8Array, firstLine: number): string {
  const text = decode(bytes, firstLine);
  const illegal = CONTROL.exec(text);
  if (illegal !== null) {
    const before = Buffer.from(text.slice(0, illegal.index));
    throw characterError('control characters are not allowed', before, firstLine);
  }
  return text.replaceAll(OTHER_BREAKS, '\n');
}

function decode(bytes: Uint8Array, firstLine: number): string {
  const [first, second] = bytes;
  const isLittle = first === 0xff && second === 0xfe;
  const isUtf16 = isLittle || (first === 0xfe && second === 0xff);
  const encoding = isUtf16 ? (isLittle ? 'utf-16le' : 'utf-16be') : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    if (isUtf16) throw characterError('not valid UTF-16', Buffer.alloc(0), firstLine);
    throw characterError('not valid UTF-8', bytes.subarray(0, firstInvalid(bytes)), firstLine);
  }
}

function firstInvalid(bytes: Uint8Array): number {
  let index = 0;
  for (let length = 1; length > 0; index += length) length = sequenceLength(bytes, index);
  return index;
}

function characterError(reason: string, before: Uint8Array, firstLine: number): YamlError {
  const { line, column } = placeFinder(before)(before.length);
  return new YamlError(reason, { line: line + firstLine - 1, column });
}
