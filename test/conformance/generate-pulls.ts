import type {
  MustAttemptCase,
  RecordedCredentials,
  RecordedObject,
  RecordedSecretCase,
  VerificationCase,
} from './cases.ts';
import { nameWithoutTag } from './cases.ts';
import { makeImage } from './generate-images.ts';
import type { World } from './generate-names.ts';
import { makeRepository, makeWorld } from './generate-names.ts';
import { mutated } from './mutate.ts';
import type { Random } from './random.ts';

const POLICIES = ['NeverVerify', 'NeverVerifyPreloadedImages', 'AlwaysVerify'];
const LISTED = 'NeverVerifyAllowlistedImages';

// Up to here a record is updated when a secret's password changes; at this length it no longer is.
const RECORD_LIMIT = 100;

export function makeVerification(random: Random): VerificationCase {
  const world = makeWorld(random);
  const image = makeImage(random, world);
  const policy = random.chance(0.8) ? LISTED : random.pick([...POLICIES, 'Sometimes', '']);
  return {
    kind: 'verification-policy',
    policy,
    allowlist: policy === LISTED ? makeAllowlist(random, world, image) : [],
    image,
    pulledByKubelet: random.chance(0.5),
  };
}

export function makeMustAttempt(random: Random): MustAttemptCase {
  const world = makeWorld(random);
  const image = makeImage(random, world);
  const policy = random.weighted([
    [5, 'NeverVerifyPreloadedImages'],
    [5, 'AlwaysVerify'],
    [1, 'NeverVerify'],
    [2, LISTED],
  ]);
  const hasAccount = random.chance(0.4);
  return {
    kind: 'must-attempt-pull',
    policy,
    allowlist: policy === LISTED ? makeAllowlist(random, world, image) : [],
    image,
    imageRef: random.chance(0.95) ? 'sha256:ref' : '',
    ...(random.chance(0.85) ? { record: makeRecord(random, world, image) } : {}),
    intent: random.chance(0.3),
    podSecrets: random.times(random.below(4), () => makeSecret(random)),
    ...(hasAccount ? { podServiceAccount: makeObject(random) } : {}),
  };
}

function makeAllowlist(random: Random, world: World, image: string): string[] {
  const patterns = random.times(random.below(3), () => makePattern(random, world, image));
  return random.chance(0.1) ? [...patterns, mutated(random, nameWithoutTag(image))] : patterns;
}

function makePattern(random: Random, world: World, image: string): string {
  const name = random.chance(0.6) ? nameWithoutTag(image) : makeRepository(random, world);
  const parent = name.replace(/\/[^/]*$/, '');
  return random.weighted([
    [5, name],
    [5, `${parent}/*`],
    [1, `${name.split('/')[0] ?? ''}/*`],
    [0.2, image],
    [0.2, `${name}*`],
    [0.2, `${name} `],
    [
      0.2,
      random.pick(['', '*', '/*', '//*', '/', '**/*', '\ufeff', '\u0085a', '\u00a0a', 'a\u2003']),
    ],
    [0.2, name.toUpperCase()],
    [0.2, `docker.io/library/${name}`],
  ]);
}

function makeRecord(
  random: Random,
  world: World,
  image: string,
): Record<string, RecordedCredentials> {
  const record: Record<string, RecordedCredentials> = {};
  if (random.chance(0.85)) record[nameWithoutTag(image)] = makeCredentials(random);
  if (random.chance(0.3)) record[makeRepository(random, world)] = makeCredentials(random);
  return record;
}

function makeCredentials(random: Random): RecordedCredentials {
  const count = random.chance(0.05) ? RECORD_LIMIT - 1 + random.below(3) : random.below(4);
  const secrets = random.times(count, (index) => ({
    ...makeSecret(random),
    ...(count > 4 && index > 2 ? { name: `other-${index}` } : {}),
  }));
  return {
    ...(random.chance(0.08) ? { nodePodsAccessible: true } : {}),
    secrets,
    serviceAccounts: random.times(random.below(3), () => makeObject(random)),
  };
}

function makeSecret(random: Random): RecordedSecretCase {
  return { ...makeObject(random), credentialHash: random.pick(['', 'hash-1', 'hash-2', 'hash-3']) };
}

function makeObject(random: Random): RecordedObject {
  return {
    uid: random.pick(['uid-1', 'uid-2', '']),
    namespace: random.pick(['default', 'default', 'team-a']),
    name: random.pick(['one', 'two']),
  };
}
