// Rows for functions that take a text: references, patterns, credentials.

import {
  Credential,
  InvalidReferenceError,
  matchesImage,
  parseImageReference,
  toAuthorizationHeader,
  toCriAuthConfig,
  toDockerConfigJson,
  toDockerodeAuth,
  toRegistryAuthHeader,
  toRegistryConfigHeader,
} from '../../../src/index.ts';
import {
  credentialHash,
  decidePull,
  defaultPullPolicy,
  requiresCredentialVerification,
  type RecordedSecret,
} from '../../../src/kubelet/index.ts';
import { repeated, rows } from './inputs.ts';
import type { GrowthRow } from './measure.ts';

const REFERENCES: Readonly<Record<string, (bytes: number) => string>> = {
  'an address of many digits': (bytes) => `[${repeated('a', bytes)}]/x`,
  'an address of many colons': (bytes) => `[${repeated(':', bytes)}]:1/x`,
  'a host of many labels': (bytes) => `${repeated('a.', bytes)}a/x`,
  'a long port': (bytes) => `a:${repeated('1', bytes)}/x`,
  'a long repository': (bytes) => `a.test/${repeated('a-', bytes)}a`,
  'many components': (bytes) => `a.test/${repeated('a/', bytes)}a`,
  'many dashes': (bytes) => `a.test/a${repeated('-', bytes)}!`,
  'many at signs': (bytes) => repeated('u:p@', bytes),
  'many digests': (bytes) => repeated('@sha256:0a', bytes),
  'a long digest': (bytes) => `a@sha256:${repeated('0', bytes)}`,
  'many schemes': (bytes) => repeated('a://', bytes),
  'many queries': (bytes) => repeated('?', bytes),
  'many blanks': (bytes) => ` ${repeated(' ', bytes)}x`,
  'a long scheme': (bytes) => `${repeated('a', bytes)}://x`,
};

const PATTERNS: Readonly<Record<string, (bytes: number) => string>> = {
  'many stars': (bytes) => `${repeated('*a', bytes)}*b.test`,
  'many labels of stars': (bytes) => `${repeated('*.', bytes)}test`,
  'a long text behind a star': (bytes) => `*${repeated('a', bytes)}b*.test`,
  'many escapes': (bytes) => `a.test/${repeated('%41', bytes)}`,
  'a zone of many escapes': (bytes) => `[fe80::1%25${repeated('%20', bytes)}]/x`,
  'many at signs': (bytes) => `${repeated('@', bytes)}/x`,
};

const matching: GrowthRow[] = [
  ...rows('matchesImage', PATTERNS, (pattern) =>
    matchesImage(pattern, `${'a'.repeat(pattern.length)}.test/x`),
  ),
  ...rows('matchesImage', REFERENCES, (image) => matchesImage('*.test', image)),
];

const references: GrowthRow[] = [
  ...rows('parseImageReference', REFERENCES, parseImageReference),
  ...rows('defaultPullPolicy', REFERENCES, defaultPullPolicy),
  ...rows('decidePull', REFERENCES, (image) => decidePull({ image, present: true })),
  ...rows('requiresCredentialVerification', REFERENCES, (image) =>
    requiresCredentialVerification({
      policy: 'NeverVerifyAllowlistedImages',
      allowlist: [image],
      image,
      pulledByKubelet: true,
    }),
  ),
  ...rows('InvalidReferenceError', REFERENCES, (text) => new InvalidReferenceError(text, 'no')),
  {
    of: 'decidePull',
    input: 'a record of many secrets, and a pod with as many',
    prepare: (bytes) => {
      const kubernetesSecrets = recordedSecrets('record', bytes / 100);
      const podSecrets = recordedSecrets('pod', bytes / 100);
      const verification = { record: { kubernetesSecrets }, podSecrets };
      return () => decidePull({ image: 'r.test/a:1', present: true, verification });
    },
  },
];

const SECRETS: Readonly<Record<string, (bytes: number) => string>> = {
  'a long text': (bytes) => repeated('a', bytes),
  colons: (bytes) => repeated(':', bytes),
  'what JSON escapes': (bytes) => repeated('"<\n', bytes),
  'lone surrogates': (bytes) => repeated('\ud800', bytes),
};

const credentials: GrowthRow[] = Object.entries({
  credentialHash,
  toAuthorizationHeader,
  toCriAuthConfig,
  toDockerodeAuth,
  toRegistryAuthHeader,
  toRegistryConfigHeader: (one: Credential) => toRegistryConfigHeader([one]),
  toDockerConfigJson: (one: Credential) => JSON.stringify(toDockerConfigJson([one])),
  Credential: (one: Credential) => [String(one), JSON.stringify(one)],
}).flatMap(([of, call]) => rows(of, SECRETS, (text) => call(credentialOf(text))));

const manyCredentials: GrowthRow = {
  of: 'toDockerConfigJson',
  input: 'many credentials',
  prepare: (bytes) => {
    const count = Math.ceil(bytes / 20);
    const all = Array.from({ length: count }, (_, index) => credentialOf('u', `r${index}.test`));
    return () => JSON.stringify(toDockerConfigJson(all));
  },
};

function credentialOf(text: string, key: string = text): Credential {
  const source = { kind: 'docker-config', path: '/c.json' } as const;
  return Credential.from({ username: text, password: text, email: text, key, source });
}

function recordedSecrets(uid: string, count: number): RecordedSecret[] {
  return Array.from({ length: Math.ceil(count) }, (_, index) => {
    return { uid: `${uid}-${index}`, namespace: 'n', name: 's', credentialHash: `${uid}-${index}` };
  });
}

/** All of them. */
export const TEXT_ROWS: readonly GrowthRow[] = [
  ...references,
  ...matching,
  ...credentials,
  manyCredentials,
];
