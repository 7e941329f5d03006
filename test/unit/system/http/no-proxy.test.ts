// The vectors are what Go says: golang.org/x/net v0.57.0 http/httpproxy, Config.ProxyFunc, for each list and URL.

import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { isInNoProxy } from '../../../../src/system/http/no-proxy.ts';

interface Vector {
  readonly list: string;
  /** The URLs that Go uses no proxy for. */
  readonly none: readonly string[];
}

const VECTORS = readFileSync(new URL('vectors/no-proxy.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);
const URLS = VECTORS.find(({ list }) => list === '*')?.none ?? [];

describe('NO_PROXY is read as Go reads it', () => {
  test.each(VECTORS)('$list', ({ list, none }) => {
    expect(URLS.filter((url) => isInNoProxy(new URL(url), list))).toEqual(none);
  });
});
