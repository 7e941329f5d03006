import { mutated } from './mutate.ts';
import type { Random } from './random.ts';

/** What the keys and images of one case have in common, so that they meet. */
export interface World {
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
}

const HOSTS = [
  'gcr.io',
  'eu.gcr.io',
  'quay.io',
  'docker.io',
  'docker.io',
  'index.docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'localhost',
  'my_registry.io',
  'a.b.c.example.com',
  'example.com',
  'xn--n3h.com',
  '123456789012.dkr.ecr.us-west-2.amazonaws.com',
  '10.0.0.1',
  '[::1]',
  '[2001:db8::1]',
  '[fe80::A]',
  'GCR.io',
  'REGISTRY',
  'registry',
  'A',
  'A',
];
const PATHS = ['', '/a', '/a/b', '/foo', '/foo/bar', '/library', '/library/nginx', '/v1', '/v2/x'];
const PORTS = ['', '', '', '', '', '', ':5000', ':5000', ':443', ':05000', ':'];

const KEY_SCHEMES: readonly (readonly [number, string])[] = [
  [12, ''],
  [4, 'https://'],
  [3, 'http://'],
  [1, 'HTTPS://'],
  [0.4, 'https://https://'],
  [0.4, 'https://http://'],
  [0.3, '//'],
  [0.3, 'ftp://'],
  [0.3, 'https:/'],
  [0.3, 'https:'],
  [0.2, ' https://'],
];
const USER_INFO = ['user@', 'user:pw@', '@', ':@', 'u%3A:p@', 'u%zz@', 'a b@', 'u[@', 'é@', 'a@b@'];
const KEY_SUFFIXES = [
  '/',
  '/v1/',
  '/v2/',
  '/v1',
  '//',
  '?x=y',
  '?',
  '#',
  '#frag',
  '#%zz',
  '#a\tb',
  '?%zz',
  '?a#b%20c',
  '/?a=/b',
  '/v1/v1/',
  '/v2/?q',
  '/#f',
];
const PATH_PREFIXES = ['/v1', '/v2', '/V1', '/.', '/..', '/', '/v1/v1', '/v2/v1'];
const WHOLE_KEYS = [
  '',
  '/',
  '*',
  '*.*',
  '*.*.*',
  '*:5000',
  '?',
  '#',
  ':5000',
  ':',
  'https://',
  'http://',
  'https:///a',
  '/a',
  '%',
  'a:b:c',
  '::1',
  '[::1',
  '::1]',
  '[]',
  '[a-z]cr.io',
  '[^a]cr.io',
  '[::1]x',
  '[::1]:',
  '[::1]:x',
  '[::1]:5000',
  '[::A]',
  '[a]',
  '[v1.a]',
  '[fe80::1%25eth0]',
  '[fe80::1%25eth0]:5000',
  '[fe80::1%eth0]',
  '[fe80::1%25e%20h]:80',
  '[::ffff:1.2.3.4]:5000',
  '[2001:db8::1%25]',
  'index.docker.io/v1/',
  'https://index.docker.io/v1/',
  'https://index.docker.io/v2/',
  'index.docker.io',
  'docker.io',
  'auths',
  'HttpHeaders',
  '__proto__',
  'constructor',
  'toString',
  'gcr.io.',
  'xn--n3h.com',
  '☃.com',
  'münchen.example',
  '%e2%98%83.com',
  '*.docker.io',
  'd*r.io',
  '*:*',
  '[*]:5000',
];

export function makeWorld(random: Random): World {
  const port = random.pick(PORTS);
  return {
    hosts: random.times(1 + random.below(2), () => {
      const host = random.pick(HOSTS);
      return host + (random.chance(0.7) ? port : random.pick(PORTS));
    }),
    paths: random.times(1 + random.below(3), () => random.pick(PATHS)),
  };
}

/** A key of a docker config, near to the world's images. */
export function makeKey(random: Random, world: World): string {
  if (random.chance(0.05)) return random.pick(WHOLE_KEYS);
  let host = random.pick(world.hosts);
  if (random.chance(0.3)) host = withGlob(random, host);
  // Without a port, an address in brackets is a class of characters to Go's matcher.
  if (host === 'A' && random.chance(0.3)) host = random.pick(['[::A]', '[A::1]', '[::1a]']);
  const scheme = random.weighted(KEY_SCHEMES);
  const user = random.chance(0.05) ? random.pick(USER_INFO) : '';
  const prefix = random.chance(0.08) ? random.pick(PATH_PREFIXES) : '';
  const path = random.chance(0.6) ? keyPath(random, world) : '';
  const suffix = random.chance(0.2) ? random.pick(KEY_SUFFIXES) : '';
  const key = scheme + user + host + prefix + path + suffix;
  return random.chance(0.08) ? mutated(random, key) : key;
}

function keyPath(random: Random, world: World): string {
  const path = random.pick(world.paths);
  switch (random.below(10)) {
    case 0:
      return `${path}/`;
    case 1:
      return path.slice(0, -1);
    case 2:
      return escaped(random, path);
    case 3:
      return random.pick(PATHS);
    case 4:
      return path.replace(/[^/]+$/, '*');
    default:
      return path;
  }
}

/** One character as a percent escape, sometimes as an escape of an escape. */
function escaped(random: Random, path: string): string {
  if (path === '') return '/%61';
  const at = random.below(path.length);
  const code = path.charCodeAt(at).toString(16).padStart(2, '0');
  const percent = random.pick(['%', '%', '%25']);
  return `${path.slice(0, at)}${percent}${code}${path.slice(at + 1)}`;
}

function withGlob(random: Random, host: string): string {
  const [name = '', port] = host.startsWith('[') ? [host] : host.split(/(?=:)/);
  const labels = name.split('.');
  const at = random.below(labels.length);
  labels[at] = globLabel(random, labels[at] ?? '');
  if (random.chance(0.1)) labels.splice(at, 0, '*');
  if (random.chance(0.3)) labels[random.below(labels.length)] = '*';
  return labels.join('.') + (port ?? '');
}

function globLabel(random: Random, label: string): string {
  const at = random.below(label.length + 1);
  switch (random.below(12)) {
    case 0:
      return `${label.slice(0, at)}*`;
    case 1:
      return `*${label.slice(at)}`;
    case 2:
      return `${label.slice(0, 1)}*${label.slice(-1)}`;
    case 3:
      return `${label.slice(0, at)}*${label.slice(at)}`;
    case 4:
      return `*${label.slice(1, 2)}*`;
    case 5:
      return random.pick(['**', '?', `${label}?`, '[a-z]*', '\\*', '*-*', '*[!a]']);
    default:
      return '*';
  }
}

/** Where an image of this world lies: host and path, without tag. */
export function makeRepository(random: Random, world: World): string {
  const host = random.pick(world.hosts);
  const tail = random.pick(['', '', '/a', '/x', '/nginx', '/foo/bar', 'bar', '-x', '__y', '/v1/z']);
  const path = random.pick(world.paths) + tail;
  const whole = /^($|\/)/.test(path) ? path : `/app${path}`;
  if (random.chance(0.1)) return whole.slice(1) || 'nginx';
  // An empty port is one that keys have and images must not have.
  const imageHost = random.chance(0.9) ? host.replace(/:$/, '') : host;
  return imageHost + (whole === '' && random.chance(0.9) ? '/app' : whole);
}
