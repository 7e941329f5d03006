// Values that generated configurations are made of, right and wrong.

/** A JSON value, as a document holds it. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Picked from. */
export const BAD_API_VERSIONS: readonly Json[] = [
  '',
  '/',
  'v1',
  'a/b/c',
  1,
  null,
  'kubelet.config.k8s.io/',
  'Kubelet.config.k8s.io/v1',
  [],
  'credentialprovider.kubelet.k8s.io/v1',
];

/** Picked from. */
export const BAD_KINDS: readonly Json[] = [
  '',
  'credentialproviderconfig',
  'KubeletConfiguration',
  'CredentialProviderRequest',
  'List',
  3,
  null,
  true,
];

/** Picked from. */
export const NAMES: readonly string[] = [
  'a b',
  'a/b',
  '.',
  '..',
  '',
  ' ',
  '/ ',
  'ecr.exe',
  '日本',
  'a\tb',
  'x'.repeat(300),
  '"q"\\',
];

/** Picked from. */
export const PATTERNS: readonly string[] = [
  '*.dkr.ecr.*.amazonaws.com',
  'gcr.io',
  'registry.io:8080/path',
  '*.azurecr.io',
  '*',
  'a.b/c/*',
  '[::1]:5000',
  'x.io?a=b',
  'x.io#f',
  'ä.example',
  '',
  'x.io:',
  'x.io/a%20b',
];

/** Picked from. */
export const BAD_PATTERNS: readonly string[] = [
  'a b',
  'x.io:port',
  'x.io%zz',
  'x.io/%2',
  '[::1',
  'a[b]',
  'x.io:1:2',
  'x^y',
  'x.io#%zz',
  'x\u0001y',
  'x.io/\u007f',
  '%41.io',
  'x.io%',
  'a|b/c',
  '[::1]x',
];

/** Picked from. */
export const DURATIONS: readonly string[] = [
  '12h',
  '0',
  '0s',
  '1h30m',
  '1.5s',
  '10m0.25s',
  '+5m',
  '100µs',
  '3μs',
  '7ns',
  '2540400h',
  '.5h',
  '1us',
];

/** Picked from. */
export const BAD_DURATIONS: readonly Json[] = [
  '-1s',
  '-0.1ms',
  '1',
  '',
  '1x',
  's',
  '1 h',
  '9223372036854775808ns',
  '-9223372036854775808ns',
  '9999999999h',
  5,
  '1h2',
  '3.s',
  '.s',
  '1d',
  null,
  true,
  '1µ',
  'é',
  '-2h45m7.000000001s',
  '"\\',
];

/** Picked from. */
export const TEXTS: readonly string[] = [
  'get-credentials',
  '--v=3',
  '',
  'yes',
  'no',
  '0x1F',
  '1e3',
  '12',
  '~',
  'null',
  'a: b',
  '#x',
  "it's",
  'line\nbreak',
  '- x',
  'trailing ',
  ' leading',
  '2020-01-01',
  '<<',
  '=',
  'AWS_PROFILE',
  'ünï',
  '%x',
  '@at',
  '`tick',
  '{a}',
  '[b]',
  'x #y',
  'x: ',
  '?',
  '!t',
  '&a',
  '*b',
  '|',
  '>',
  'tab\tin',
  '\u2028',
  '\u0085',
  '\u{1F600}',
  '.5',
  '.inf',
  '0o7',
  '07',
  '1_000',
  'on',
  'Y',
];

/** Picked from. */
export const KEYS: readonly string[] = [
  'iam.gke.io/gcp-service-account',
  'example.com/role',
  'role',
  'Role',
  'UPPER.case/Key',
  'a_b.c-d',
];

/** Picked from. */
export const BAD_KEYS: readonly string[] = [
  '',
  '/',
  'a/b/c',
  '-x',
  'x-',
  'a b',
  'a'.repeat(64),
  'ex_ample.com/x',
  '/x',
  'x/',
  `${'a'.repeat(254)}/x`,
  'é',
];

/** Picked from. */
export const ODD_VALUES: readonly Json[] = [
  null,
  true,
  false,
  0,
  1.5,
  -3,
  'x',
  '',
  [],
  {},
  [null],
  [1],
  { a: 'b' },
  'yes',
  [[]],
  ['x'],
  1e300,
];

/** Picked from. */
export const ODD_NAMES: readonly string[] = [
  'metadata',
  'Name',
  'unknown',
  '',
  'a.b',
  'true',
  '1',
  'tokenAttributes',
  'env',
  'kind',
  'é"',
];
