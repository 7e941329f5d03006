// Documents at the edges of the format, by hand.

import { DURATIONS, HEADS, MEMBERS, NAMES, PATTERNS } from './edge-pieces.ts';
import { TAILS } from './edge-tails.ts';

const BASE = `kind: CredentialProviderConfig
apiVersion: kubelet.config.k8s.io/v1
providers:
- name: a
  apiVersion: credentialprovider.kubelet.k8s.io/v1
  matchImages: [gcr.io]
  defaultCacheDuration: 1h
`;

const JSON_BASE = `{"kind":"CredentialProviderConfig","apiVersion":"kubelet.config.k8s.io/v1","providers":`;

function withMembers(member: string): string {
  return `${BASE}  ${member}\n`;
}

/** The documents. */
export const EDGE_DOCUMENTS: readonly (string | Uint8Array)[] = [
  '',
  '\n',
  '# c\n',
  '---\n',
  'null',
  'hello',
  '1',
  'true',
  '[]',
  '- a',
  '{}',
  '{',
  '{}x',
  '\n {}',
  '{"a":}',
  '{"kind":"\u0001"}',
  BASE,
  ...TAILS.map((tail) => BASE + tail),
  ...HEADS.map((head) => head + BASE),
  ...MEMBERS.map(withMembers),
  ...DURATIONS.map((duration) => BASE.replace('1h', () => duration)),
  ...PATTERNS.map((pattern) => BASE.replace('gcr.io', () => JSON.stringify(pattern))),
  ...NAMES.map((name) => BASE.replace('name: a', () => `name: ${JSON.stringify(name)}`)),
  ...['v1beta1', 'v1alpha1', '__internal', 'v2', 'V1'].map((version) =>
    BASE.replace('k8s.io/v1', `k8s.io/${version}`),
  ),
  ...[
    '',
    '/',
    'v1',
    'a/b/c',
    '1',
    'kubelet.config.k8s.io/',
    '/v1',
    'credentialprovider.kubelet.k8s.io/v1',
  ].map((version) => BASE.replace('kubelet.config.k8s.io/v1', version)),
  ...['', 'KubeletConfiguration', 'List', '3', '[]', '{}', 'true', 'null'].map((kind) =>
    BASE.replace('CredentialProviderConfig', kind),
  ),
  'kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\n',
  'KIND: CredentialProviderConfig\nAPIVERSION: kubelet.config.k8s.io/v1\n',
  'kind: CredentialProviderConfig\napiVersion: kubelet.config.k8s.io/__internal\nProviders: [{Name: a, MatchImages: [x.io], DefaultCacheDuration: 1h, APIVersion: credentialprovider.kubelet.k8s.io/v1, Env: [{Name: a, Value: b}]}]\n',
  ...[
    'null',
    '{}',
    '[]',
    '[null]',
    '[null,null]',
    '["x",1]',
    '[{"name":"a","name":"b","x":{"a":1,"a":[1,{}]}}]',
    '[{"defaultCacheDuration":5,"args":[true,false,null,1.5e3]}]',
    '[ { } , { "name" : "b" } ]',
    '[{"defaultCacheDuration":"x"},{"name":1}]',
  ].map((providers) => `${JSON_BASE}${providers}}`),
  `${JSON_BASE}[{"a":${'['.repeat(9)}{}${']'.repeat(9)}}]}`,
  `${JSON_BASE}${'['.repeat(20)}{}${']'.repeat(20)}}`,
  `${JSON_BASE}[{"a":[[[[[[[[[[[[[{"b":[1]}]]]]]]]]]]]]]}]}`,
  `${JSON_BASE}[${Array.from({ length: 120 }, (_, index) => `{"name":"p${index}","x":1}`).join(',')}]}`,
  `a: &a [${'x, '.repeat(200)}]\nb: &b [${'*a, '.repeat(200)}]\nc: [${'*b, '.repeat(200)}]\n`,
  BASE.replace('- name', '- &p\n  name') + '- {<<: *p}\n',
  BASE.replace('- name', '- &p\n  name') + '- {<<: *p, name: b}\n',
  `${BASE}- name: a\n`,
  Buffer.from(`\ufeff${BASE}`, 'utf16le'),
  Buffer.from(`\ufeff${BASE}\u{1F600}`, 'utf16le').swap16(),
  ...[
    [0xff],
    [0xc3],
    [0xed, 0xa0, 0x80],
    [0xc0, 0xaf],
    [0xf4, 0x90, 0x80, 0x80],
    [0xe2, 0x28, 0x80],
    [0xff, 0xfe, 0x00],
    [0xff, 0xfe, 0x00, 0xdc],
    [0xff, 0xfe, 0x00, 0xd8],
    [0xff, 0xfe, 0x00, 0xd8, 0x41, 0x00],
    [0xe2, 0x82],
    [0x61, 0x0a, 0x62, 0x07],
    [0xf0, 0x9f, 0x98, 0x80],
  ].map((bytes) => Uint8Array.from(bytes)),
  Buffer.concat([Buffer.from(`# ${'é'.repeat(400)}\n${BASE}a: `), Buffer.from([0xff])]),
];
