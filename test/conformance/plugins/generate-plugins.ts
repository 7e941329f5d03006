import { Buffer } from 'node:buffer';
import { Random } from '../random.ts';
import type {
  Behaviour,
  LookupCase,
  PluginCase,
  PluginsCase,
  ServiceAccountCase,
} from './cases.ts';
import { API, generateAnswer } from './generate-answers.ts';

const IMAGES = [
  'r1.test/team/app:1',
  'r1.test/team/app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  'r1.test/team/web',
  'r1.test/other',
  'r1.test:5000/app',
  'a.r2.test/x/y',
  'b.r2.test/x/y',
  'nginx',
  'docker.io/acme/app',
] as const;
const PATTERNS = [
  'r1.test',
  '*.test',
  '*.r2.test',
  '*.*.test',
  'r1.test/team',
  'r1.test:5000',
  'a.r2.test',
  'docker.io',
  '*.io',
  'registry-*.test',
  '*',
] as const;
const AUTH_KEYS = [
  'r1.test',
  '*.test',
  'r1.test/team',
  'r1.test/team/app',
  'r1.test:5000',
  '*.r2.test',
  'a.r2.test/x',
  'docker.io',
  'none.test',
] as const;
const VERSIONS = [`${API}/v1`, `${API}/v1`, `${API}/v1beta1`, `${API}/v1alpha1`] as const;
const ANNOTATIONS = ['acme.test/role', 'acme.test/<id>&x', 'plain', 'other.test/a_b.c'] as const;
const DURATIONS = ['', '', '0s', '10m', '1h', '-1m', '1ns'] as const;

/** Half of the cases are about what a plugin prints, the others about when it is asked, and on whose behalf. */
export function generatePlugins(seed: number, index: number): PluginsCase {
  const random = new Random(seed, index);
  return random.chance(0.5) ? answerCase(random) : sequenceCase(random);
}

function answerCase(random: Random): PluginsCase {
  const apiVersion = random.pick(VERSIONS);
  const config = { name: 'p', apiVersion, matchImages: ['*.test'], defaultCacheDuration: '10m' };
  const stdout = generateAnswer(random, apiVersion);
  const script = { '*': [{ stdout }] };
  // Twice, so that what was kept is seen.
  const lookup: LookupCase = { image: 'r1.test/team/app', token: '', afterMs: 0 };
  return {
    plugins: [{ config, script, isDeaf: false }],
    serviceAccounts: {},
    lookups: [lookup, lookup],
  };
}

function sequenceCase(random: Random): PluginsCase {
  const images = random.shuffled(IMAGES).slice(0, 1 + random.below(4));
  const plugins = random.times(1 + random.below(3), (at) =>
    plugin(random, `p${at}.${random.pick(['exe', 'x', 'sh'])}`, images),
  );
  const serviceAccounts = {
    'ns/one': account(random, 'uid-1'),
    'ns/two': account(random, 'uid-2'),
  };
  const lookups = random.times(2 + random.below(6), () => podLookup(random, images));
  return { plugins, serviceAccounts, lookups };
}

function plugin(random: Random, name: string, images: readonly string[]): PluginCase {
  const hasTokens = random.chance(0.5);
  const apiVersion = hasTokens ? `${API}/v1` : random.pick(VERSIONS);
  const config = {
    name,
    apiVersion,
    matchImages: random.shuffled(PATTERNS).slice(0, 2 + random.below(4)),
    defaultCacheDuration: random.pick(['0s', '10m', '1h', '1ns']),
    ...(random.chance(0.4) ? { args: random.shuffled(['get', '', '--x=<y>', 'a b', '-']) } : {}),
    ...(random.chance(0.4) ? { env: variables(random) } : {}),
    ...(hasTokens ? { tokenAttributes: tokenAttributes(random) } : {}),
  };
  const behaviours = (): Behaviour[] =>
    random.times(1 + random.below(2), () => behaviour(random, apiVersion));
  const repositories = images.map((image) => image.replace(/[:@](?=[^/]*$).*/, ''));
  const own = random.chance(0.4) ? { [random.pick(repositories)]: behaviours() } : {};
  return { config, script: { '*': behaviours(), ...own }, isDeaf: random.chance(0.03) };
}

function variables(random: Random): readonly { name: string; value: string }[] {
  const all = [
    { name: 'PLUGIN_TEST_A', value: 'configured' },
    { name: 'PLUGIN_TEST_A', value: 'configured again' },
    { name: 'PLUGIN_TEST_B', value: '' },
    { name: 'PLUGIN_TEST_OWN', value: 'mine' },
    { name: 'PLUGIN_TEST_C=D', value: 'e=f' },
    { name: 'PLUGIN_TEST_C', value: 'ü $PATH' },
  ];
  return random.shuffled(all).slice(0, 1 + random.below(all.length));
}

function tokenAttributes(random: Random): object {
  const keys = random.shuffled(ANNOTATIONS.filter((key) => !key.includes('<')));
  const requireServiceAccount = random.chance(0.5);
  const required = requireServiceAccount ? keys.slice(0, random.below(2)) : [];
  return {
    serviceAccountTokenAudience: 'audience',
    cacheType: random.pick(['ServiceAccount', 'Token']),
    requireServiceAccount,
    ...(required.length === 0 ? {} : { requiredServiceAccountAnnotationKeys: required }),
    ...(random.chance(0.5) ? { optionalServiceAccountAnnotationKeys: keys.slice(2) } : {}),
  };
}

function account(random: Random, uid: string): ServiceAccountCase {
  const keys = ANNOTATIONS.filter(() => random.chance(0.75));
  return {
    uid,
    annotations: Object.fromEntries(keys.map((key) => [key, random.pick(['', 'v', '<ü>&\u2028'])])),
  };
}

function podLookup(random: Random, images: readonly string[]): LookupCase {
  const serviceAccountName = random.pick([
    'one',
    'one',
    'one',
    'one',
    'two',
    'two',
    '',
    '',
    'missing',
  ]);
  const pod = {
    namespace: 'ns',
    name: 'pod',
    uid: `pod-uid-${random.below(2)}`,
    serviceAccountName,
  };
  return {
    image: random.pick(images),
    token: random.pick(['t0', 't0', 't1']),
    afterMs: random.chance(0.1) ? 5 : 0,
    ...(random.chance(0.7) ? { pod } : {}),
  };
}

function behaviour(random: Random, apiVersion: string): Behaviour {
  const stdout = goodAnswer(random, apiVersion);
  return random.weighted<() => Behaviour>([
    [80, () => ({ stdout })],
    [2, () => ({ stdout, stderr: Buffer.from('a warning\n') })],
    [1, () => ({ stdout, stderrFill: 300_000 })],
    [1, () => ({ stdout, stdoutFill: 300_000 })],
    [1, () => ({ stdout, exit: 1 + random.below(255), stderr: Buffer.from('no') })],
    [1, () => ({ stdout, signal: random.pick([9, 15, 11]) })],
    [1, () => ({ stdout: Buffer.concat([stdout, stdout]) })],
    [1, () => ({ stdout: generateAnswer(random, apiVersion) })],
    [1, () => ({ stdout, grandchildMs: 30 })],
    [1, () => ({ stdout, delayMs: 30 })],
  ])();
}

function goodAnswer(random: Random, apiVersion: string): Buffer {
  const keys = random.shuffled(AUTH_KEYS).slice(0, random.below(6));
  const entry = (): object => ({
    username: random.pick(['u', '']),
    password: random.pick(['p-{{count}}-{{image}}', 'p-{{count}}-{{token}}', '{{token}}', '']),
  });
  return Buffer.from(
    JSON.stringify({
      kind: 'CredentialProviderResponse',
      apiVersion,
      cacheKeyType: random.pick(['Image', 'Registry', 'Global']),
      cacheDuration: random.pick(DURATIONS) || undefined,
      auth: random.chance(0.1) ? null : Object.fromEntries(keys.map((key) => [key, entry()])),
    }),
  );
}
