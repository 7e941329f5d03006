// The vectors are what containerd v2.4.2 reads, core/remotes/docker/auth, ParseAuthHeader: some headers by hand, some by chance.

import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { readChallengeAsContainerd } from '../../../../src/registry/client/challenge.ts';
import type { Challenge } from '../../../../src/registry/client/challenge.ts';

interface Vector {
  readonly headers: readonly string[];
  /** In the order of preference. */
  readonly challenges: readonly {
    readonly scheme: string;
    readonly parameters: Readonly<Record<string, string>>;
  }[];
}

const VECTORS = readFileSync(
  new URL('vectors/containerd-challenges.jsonl', import.meta.url),
  'utf8',
)
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);

/** Node gives bytes as Latin-1. */
function received(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** By authorizer.go, AddResponses: the first that is Bearer or Basic, and no Bearer without a realm. */
function challengeOf({ headers, challenges }: Vector): Partial<Challenge> {
  if (headers.length === 0) return { scheme: 'none' };
  const chosen = challenges.find(({ scheme }) => scheme !== 'digest');
  if (chosen === undefined) return { scheme: 'unknown' };
  if (chosen.scheme === 'basic') return { scheme: 'basic' };
  const { realm, service, scope } = chosen.parameters;
  if (realm === undefined) return { scheme: 'unknown' };
  return {
    scheme: 'bearer',
    realm: received(realm),
    service: service === undefined || service === '' ? undefined : received(service),
    scopes: received(scope ?? '')
      .split(' ')
      .filter(Boolean),
  };
}

describe('A challenge is read as containerd reads it', () => {
  test.each(VECTORS)('$headers', (vector) => {
    const challenge = readChallengeAsContainerd(vector.headers.map(received));
    expect(challenge).toMatchObject(challengeOf(vector));
  });
});
