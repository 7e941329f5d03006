import type { LookupCase } from './cases.ts';
import type { Random } from './random.ts';

const SEGMENTS = ['a', 'b', 'ab', 'aa', 'abc', 'a-b', 'b.a'];
const LABELS = ['a', 'b', 'ab', 'aba', 'abab', 'b-a'];
const GLOBS = ['*', '*', 'a*', '*a', '*b', 'a*a', '*b*', 'ab*', '*ab', 'a*b', '*-*', 'b*a*', '**'];

/**
 * A lookup in a keyring of many entries that are all alike, so that many keys match and an index has to branch. The
 * entries hold nothing but a number each, which tells their order.
 */
export function makeDense(random: Random): LookupCase {
  const count = 20 + random.below(150);
  const port = random.pick(['', '', ':5000', ':']);
  const globChance = random.pick([0, 0.1, 0.5]);
  const entries = random.times(count, (index) => {
    const host = makeHost(random, globChance);
    return [
      host + (random.chance(0.9) ? port : '') + makePath(random),
      { username: String(index) },
    ];
  });
  const document = JSON.stringify(Object.fromEntries(entries));
  const image = `${makeHost(random, 0)}${port === ':' ? '' : port}${makePath(random)}/${random.pick(SEGMENTS)}`;
  const secret = {
    namespace: 'default',
    name: 'dense',
    uid: 'uid-dense',
    type: 'kubernetes.io/dockercfg',
    data: { '.dockercfg': Buffer.from(document).toString('base64') },
  };
  return { kind: 'lookup', image, secrets: [secret] };
}

function makeHost(random: Random, globChance: number): string {
  const makeLabel = () => random.pick(random.chance(globChance) ? GLOBS : LABELS);
  // Few hosts with many paths, many hosts with few paths: both kinds of crowd come about.
  const first = random.chance(0.5) ? 'a' : makeLabel();
  return [first, makeLabel(), 'io'].slice(random.chance(0.7) ? 1 : 0).join('.');
}

function makePath(random: Random): string {
  return random.times(random.below(4), () => `/${random.pick(SEGMENTS)}`).join('');
}
