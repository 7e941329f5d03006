import type { FileName } from './cases.ts';
import { authText } from './generate-auth.ts';
import type { Oddness } from './generate-json.ts';
import {
  deepValue,
  fieldName,
  jsonObject,
  jsonString,
  jsonValue,
  toBytes,
} from './generate-json.ts';
import type { World } from './generate-names.ts';
import { makeKey } from './generate-names.ts';
import type { Random } from './random.ts';

type Member = readonly [string, string];

const USERS = [
  'user',
  'user',
  'AWS',
  'oauth2accesstoken',
  '',
  'ü',
  'a:b',
  '_json_key',
  '<u>',
  '日本',
];
const PASSWORDS = [
  'pw',
  'pw',
  's3cr3t',
  '',
  'p:w',
  ':',
  'pä$$',
  '<&>',
  '\u2028',
  '{"a":1}',
  '\ud83d\ude00',
];

/** A document for a file or a secret's key. */
export function makeDocument(random: Random, world: World, format: FileName): Buffer {
  const odd = random.weighted<Oddness>([
    [5, { unusual: 0, wrong: 0 }],
    [5, { unusual: 0.3, wrong: 0 }],
    [2, { unusual: 0.2, wrong: 0.15 }],
  ]);
  if (odd.wrong > 0 && random.chance(0.15)) return toBytes(wholeDocument(random));
  const isFlat = (format === '.dockercfg') !== random.chance(0.03);
  const text = isFlat ? entriesObject(random, world, odd) : configDocument(random, world, odd);
  return toBytes(odd.wrong > 0 ? damaged(random, text) : text);
}

function wholeDocument(random: Random): string {
  return random.pick([
    ' ',
    'null',
    '[]',
    '""',
    '5',
    'true',
    '{}',
    ' {} ',
    '{"auths":null}',
    '{"auths":{}}',
    '{"auths":[]}',
    '{"auths":"x"}',
    '{"auths":{"gcr.io":null}}',
    '{"gcr.io":null}',
    '{"gcr.io":[]}',
    '{"gcr.io":"x"}',
    '{} {}',
    '{}\u0000',
    '\ufeff{}',
    '{"auths":{"gcr.io":{"auth":"dTpw"}}}}',
    '{"auths":{"gcr.io":{"auth":"dTpw"}}} x',
    '{"__proto__":{"auth":"dTpw"}}',
    '{"auths":{"__proto__":{"auth":"dTpw"}}}',
    '{"auths":{"":{}}}',
  ]);
}

/** What becomes of files on disks and of secrets made by hand. */
function damaged(random: Random, text: string): string {
  switch (random.below(14)) {
    case 0:
      return text.slice(0, random.below(text.length));
    case 1:
      return `\ufeff${text}`;
    case 2:
      return text + random.pick(['}', ' x', '\u0000', '{}', ',', '\n\n', 'null', '\u00a0', '\v']);
    case 3:
      return random.pick(['', ' ', '\n', '\f', ',', '//c\n']) + text;
    default:
      return text;
  }
}

function configDocument(random: Random, world: World, odd: Oddness): string {
  const members: Member[] = [];
  const count = random.chance(odd.unusual / 2) ? 2 + random.below(2) : 1;
  for (let index = 0; index < count; index += 1) {
    const isNull = count > 1 && random.chance(0.15);
    const entries = isNull ? 'null' : entriesObject(random, world, odd);
    members.push([fieldName(random, 'auths', odd), wrongOr(random, odd, entries)]);
  }
  if (random.chance(0.15 + odd.unusual)) members.push(otherField(random, odd));
  if (random.chance(odd.unusual / 2)) {
    members.push([
      fieldName(random, 'HttpHeaders', odd),
      wrongOr(random, odd, headers(random, odd)),
    ]);
  }
  if (random.chance(0.002)) members.push(['"deep"', deepValue(random, 1)]);
  return jsonObject(random, random.shuffled(members), odd);
}

function otherField(random: Random, odd: Oddness): Member {
  const name = random.pick([
    'credsStore',
    'credHelpers',
    'detachKeys',
    '__proto__',
    'auth',
    '',
    'Auth s',
  ]);
  return [jsonString(random, name, odd), jsonValue(random, odd)];
}

function headers(random: Random, odd: Oddness): string {
  if (random.chance(0.2)) return 'null';
  const members = random.times(random.below(3), (index): Member => [
    jsonString(random, `X-Meta-${index}`, odd),
    random.chance(0.1) ? 'null' : wrongOr(random, odd, jsonString(random, 'value', odd)),
  ]);
  return jsonObject(random, members, odd);
}

function wrongOr(random: Random, odd: Oddness, value: string): string {
  return random.chance(odd.wrong / 5) ? jsonValue(random, odd) : value;
}

function entriesObject(random: Random, world: World, odd: Oddness): string {
  const count = random.weighted([
    [1, 0],
    [3, 1],
    [4, 2],
    [4, 4],
    [3, 7],
    [1, 14],
  ]);
  const keys = random.times(count, () => makeKey(random, world));
  if (count > 1 && random.chance(0.15)) keys.push(...respelled(random, random.pick(keys)));
  return jsonObject(
    random,
    keys.map((key): Member => [jsonString(random, key, odd), entry(random, odd)]),
    odd,
  );
}

/** Keys that are, or become, the same: the first replaces the entry, the others are further entries of one key. */
function respelled(random: Random, key: string): string[] {
  const bare = key.replace(/^https?:\/\//, '');
  const spellings = [
    key,
    `https://${bare}`,
    `http://${bare}`,
    `${bare}/`,
    `u@${bare}`,
    `${bare}?x`,
  ];
  return random.shuffled(spellings).slice(0, 1 + random.below(2));
}

function entry(random: Random, odd: Oddness): string {
  if (random.chance(0.03)) return random.pick(['null', '{}', '{"auth":""}', '{"auth":null}']);
  if (random.chance(odd.wrong / 8)) return jsonValue(random, odd);
  const members = random.chance(0.6) ? [authField(random, odd)] : [];
  if (members.length === 0 || random.chance(0.25)) {
    members.push(textField(random, 'username', USERS, odd));
    members.push(textField(random, 'password', PASSWORDS, odd));
  }
  if (random.chance(0.3)) members.push(textField(random, 'email', ['a@b.c', '', 'é@x'], odd));
  while (random.chance(odd.unusual)) members.push(furtherField(random, odd));
  if (random.chance(0.0005)) members.push(['"deep"', deepValue(random, 3)]);
  return jsonObject(random, random.shuffled(members), odd);
}

function textField(random: Random, name: string, values: readonly string[], odd: Oddness): Member {
  // A number makes the credentials of a case distinct, so that their order shows.
  const text = random.pick(values) + (random.chance(0.8) ? String(random.below(1000)) : '');
  return [fieldName(random, name, odd), wrongOr(random, odd, jsonString(random, text, odd))];
}

function furtherField(random: Random, odd: Oddness): Member {
  switch (random.below(6)) {
    case 0:
      return textField(random, 'username', USERS, odd);
    case 1:
      return textField(random, 'password', PASSWORDS, odd);
    case 2:
      return authField(random, odd);
    case 3:
      return [
        fieldName(random, random.pick(['username', 'password', 'auth', 'email']), odd),
        'null',
      ];
    default: {
      const names = ['identitytoken', 'registrytoken', '__proto__', 'constructor', 'Provider', ''];
      return [jsonString(random, random.pick(names), odd), jsonValue(random, odd)];
    }
  }
}

function authField(random: Random, odd: Oddness): Member {
  const text = random.chance(odd.unusual / 10)
    ? ''
    : authText(random, odd, `${random.pick(USERS)}${random.below(1000)}:${random.pick(PASSWORDS)}`);
  return [fieldName(random, 'auth', odd), wrongOr(random, odd, jsonString(random, text, odd))];
}
