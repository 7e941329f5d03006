import { expect, test } from '@jest/globals';
import picocolors from 'picocolors';
import { renderExplanation } from '../../../../../src/cli/render/explanation/explanation.ts';
import type { ExplainedSource, Explanation } from '../../../../../src/explain/explanation.ts';

// What no option of the command line leads to: providers, and files that change between two looks.

const view = {
  style: { colors: picocolors.createColors(false), width: Number.POSITIVE_INFINITY },
  system: { workingDirectory: () => '/cwd', homeDirectory: () => '/home/user' },
  chosenFor: undefined,
  missing: [],
};

const nothing = { entries: [], otherEntries: 0, problems: [] } as const;

function explanation(parts: Partial<Explanation>): Explanation {
  return {
    image: 'a.test/x',
    reference: { registry: 'a.test', repository: 'x', name: 'a.test/x', tag: 'latest' },
    normalization: [],
    semantics: 'extended',
    pathMatching: 'prefix',
    sources: [],
    credentials: [],
    warnings: [],
    ...parts,
  };
}

test('Providers are shown with what they say', () => {
  const sources: ExplainedSource[] = [
    {
      ...nothing,
      layer: 'providers',
      source: { kind: 'provider', provider: 'vault' },
      status: 'used',
      message: 'asked now; it gave credentials',
    },
    {
      ...nothing,
      layer: 'providers',
      source: { kind: 'provider', provider: 'cloud' },
      status: 'failed',
      message: 'it failed, and contributes nothing',
      problems: ['Provider "cloud" failed'],
    },
  ];
  expect(renderExplanation(explanation({ sources }), view)).toContain(`layer 3: providers
  ✓ provider vault: asked now; it gave credentials
  ✗ provider cloud: it failed, and contributes nothing
      ✗ Provider "cloud" failed
`);
});

test('A file of which the last good state counts is marked', () => {
  const source = { kind: 'docker-config', path: '/cwd/c.json' } as const;
  const kept: ExplainedSource = {
    ...nothing,
    layer: 'node',
    source,
    status: 'kept',
    message: 'it cannot be used now; what it last held still counts',
  };
  expect(renderExplanation(explanation({ sources: [kept] }), view)).toContain(
    '  ! c.json: it cannot be used now; what it last held still counts\n',
  );
});

test('Credentials are shown with their kind and their end', () => {
  const source = { kind: 'provider', provider: 'vault' } as const;
  const common = { layer: 'providers', key: 'a.test', source } as const;
  const credentials: Explanation['credentials'] = [
    {
      ...common,
      position: 1,
      username: 'u',
      kind: 'password',
      expiresAt: '2026-01-01T00:00:00.000Z',
    },
    { ...common, position: 2, username: '', kind: 'empty' },
    { ...common, position: 3, username: '', kind: 'registry-token' },
    { ...common, position: 4, username: 'u', kind: 'identity-token' },
  ];
  expect(renderExplanation(explanation({ credentials }), view)).toContain(`
answer: 4 credentials, tried in this order
  1.  u                   a.test  from provider vault, until 2026-01-01T00:00:00.000Z
  2.  (empty)             a.test  from provider vault
  3.  (registry token)    a.test  from provider vault
  4.  u (identity token)  a.test  from provider vault
`);
});
