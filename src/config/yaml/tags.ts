// Directives and tags: what `!!str` stands for. Source: go.yaml.in/yaml/v2 v2.4.4 parserc.go.

import type { Mark } from './mark.ts';
import type { Scanner, Token } from './scanner.ts';
import { peekToken, skipToken } from './tokens.ts';
import { parserError } from './yaml-error.ts';

/** What stands for a tag's handle, by handle. */
export type TagPrefixes = Map<string, string>;

/** The beginning of the tags of YAML itself. */
export const YAML_TAG_PREFIX = 'tag:yaml.org,2002:';

/** Reads the directives before a document. */
export function readDirectives(scanner: Scanner, tags: TagPrefixes): void {
  let hasVersion = false;
  for (;;) {
    const token = peekToken(scanner);
    if (token.type === 'version-directive') {
      checkVersion(token, hasVersion);
      hasVersion = true;
    } else if (token.type === 'tag-directive') {
      if (tags.has(token.value)) {
        throw parserError('found duplicate %TAG directive', token.start);
      }
      tags.set(token.value, token.suffix);
    } else {
      break;
    }
    skipToken(scanner);
  }
  if (!tags.has('!')) tags.set('!', '!');
  if (!tags.has('!!')) tags.set('!!', YAML_TAG_PREFIX);
}

function checkVersion({ value, start }: Token, hasVersion: boolean): void {
  if (hasVersion) throw parserError('found duplicate %YAML directive', start);
  if (value !== '1.1') throw parserError('found incompatible YAML document', start);
}

/** The whole tag that a token stands for. */
export function tagOf({ value, suffix, start }: Token, tags: TagPrefixes, node: Mark): string {
  const tag = value === '' ? suffix : `${tags.get(value) ?? ''}${tags.has(value) ? suffix : ''}`;
  if (value !== '' && tag === '') throw parserError('found undefined tag handle', start, node);
  return tag;
}
