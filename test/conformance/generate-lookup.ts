import type { DirectoryCase, FileName, LookupCase, NodeCase, SecretCase } from './cases.ts';
import { makeDense } from './generate-dense.ts';
import { makeDocument } from './generate-documents.ts';
import { makePlausibleImage } from './generate-images.ts';
import type { World } from './generate-names.ts';
import { makeWorld } from './generate-names.ts';
import type { Random } from './random.ts';

const FORMATS: Readonly<Record<FileName, { readonly key: string; readonly type: string }>> = {
  'config.json': { key: '.dockerconfigjson', type: 'kubernetes.io/dockerconfigjson' },
  '.dockercfg': { key: '.dockercfg', type: 'kubernetes.io/dockercfg' },
};

export function makeLookup(random: Random): LookupCase {
  if (random.chance(0.03)) return makeDense(random);
  const world = makeWorld(random);
  const secretCount = random.weighted([
    [3, 0],
    [4, 1],
    [3, 2],
    [1, 3],
    [0.5, 5],
  ]);
  const secrets = random.times(secretCount, (index) => makeSecret(random, world, index));
  const image = makePlausibleImage(random, world);
  if (secretCount > 0 && random.chance(0.4)) return { kind: 'lookup', image, secrets };
  return { kind: 'lookup', image, secrets, node: makeNode(random, world) };
}

function makeSecret(random: Random, world: World, index: number): SecretCase {
  const format = random.pick<FileName>(['config.json', 'config.json', '.dockercfg']);
  const { key, type } = FORMATS[format];
  const data: Record<string, string> = {};
  const document = random.chance(0.03) ? '' : base64(makeDocument(random, world, format));
  data[random.chance(0.03) ? otherKey(random) : key] = document;
  if (random.chance(0.05)) data[otherKey(random)] = base64(makeDocument(random, world, format));
  return {
    namespace: random.pick(['default', 'team-a']),
    name: `secret-${index}`,
    uid: random.chance(0.9) ? `uid-${index}` : '',
    type: random.chance(0.95) ? type : otherType(random),
    data: random.chance(0.01) ? {} : data,
  };
}

function otherKey(random: Random): string {
  return random.pick([
    '.dockerconfigjson',
    '.dockercfg',
    'config.json',
    '.DockerConfigJson',
    '__proto__x',
  ]);
}

function otherType(random: Random): string {
  return random.pick(['Opaque', '', 'kubernetes.io/dockercfg', 'kubernetes.io/DockerConfigJson']);
}

function makeNode(random: Random, world: World): NodeCase {
  const count = 1 + random.below(3);
  return { dirs: random.times(count, () => makeDirectory(random, world)) };
}

function makeDirectory(random: Random, world: World): DirectoryCase {
  const directory: DirectoryCase = {};
  if (random.chance(0.55)) directory['config.json'] = makeFile(random, world, 'config.json');
  if (random.chance(0.55)) directory['.dockercfg'] = makeFile(random, world, '.dockercfg');
  return directory;
}

function makeFile(random: Random, world: World, name: FileName): string | null {
  if (random.chance(0.03)) return null;
  if (random.chance(0.03)) return '';
  // Enough broken files that the next one's turn comes.
  const document = makeDocument(random, world, name);
  return base64(random.chance(0.25) ? document.subarray(0, document.length - 1) : document);
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64');
}
