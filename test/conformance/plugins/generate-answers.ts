import { Buffer } from 'node:buffer';
import type { Random } from '../random.ts';
import { DURATIONS, ENTRIES, KEYS, NAMES, VALUES } from './answer-parts.ts';

/** A document as a list of members, so that a name can come twice. */
type Members = [name: string, json: string][];

export const API = 'credentialprovider.kubelet.k8s.io';

/** What a plugin prints that was asked about `r1.test/team/app`: mostly an answer, or nearly one. */
export function generateAnswer(random: Random, apiVersion: string): Buffer {
  return random.weighted<() => Buffer>([
    [12, () => surround(random, join(random, mutate(random, members(random, apiVersion))))],
    [
      1,
      () =>
        Buffer.from(
          random.pick(['', ' ', '\n', 'null', '[]', '{}', '"x"', '{', 'not json', '---\n{}', '0']),
        ),
    ],
    [1, () => yaml(random, apiVersion)],
    [1, () => Buffer.from(cut(random, join(random, members(random, apiVersion))))],
    [1, () => brokenBytes(random, join(random, members(random, apiVersion)))],
  ])();
}

function members(random: Random, apiVersion: string): Members {
  const list: Members = [
    ['kind', '"CredentialProviderResponse"'],
    ['apiVersion', JSON.stringify(apiVersion)],
    ['cacheKeyType', JSON.stringify(random.pick(['Image', 'Registry', 'Global']))],
  ];
  if (random.chance(0.5)) list.push(['cacheDuration', random.pick(DURATIONS)]);
  if (random.chance(0.9)) list.push(['auth', auth(random)]);
  return random.chance(0.3) ? random.shuffled(list) : list;
}

function auth(random: Random): string {
  // Go keeps entries of one registry key in random order: one alone of those that may be the same.
  const keys = random.shuffled(KEYS.slice(0, random.chance(0.7) ? 3 : 8)).slice(0, random.below(4));
  if (random.chance(0.1)) keys.splice(0, keys.length, random.pick(KEYS));
  if (random.chance(0.03)) keys.push(...keys);
  const entry = (): string =>
    random.chance(0.8)
      ? `{"username":"u${random.below(9)}","password":"p-{{count}}"}`
      : random.pick(ENTRIES);
  return `{${keys.map((key) => `${JSON.stringify(key)}:${entry()}`).join(',')}}`;
}

function mutate(random: Random, list: Members): Members {
  return random.weighted<() => Members>([
    [16, () => list],
    [2, () => list.filter((_member, at) => at !== random.below(list.length))],
    [2, () => [...list, random.pick(list)]],
    [2, () => [...list, [random.pick(NAMES), random.pick(VALUES)]]],
    [2, () => replaced(random, list, ([name]) => [name, random.pick(VALUES)])],
    [1, () => replaced(random, list, ([name, json]) => [random.pick(NAMES), json || name])],
    [1, () => replaced(random, list, ([name, json]) => [escaped(name), json])],
    [
      2,
      () =>
        withMember(
          list,
          'apiVersion',
          JSON.stringify(
            random.pick([
              `${API}/v1`,
              `${API}/v1beta1`,
              `${API}/v1alpha1`,
              'v1',
              `${API}/v2`,
              `${API}/`,
              `/${API}/v1`,
              ` ${API}/v1`,
            ]),
          ),
        ),
    ],
    [
      2,
      () =>
        withMember(
          list,
          'kind',
          JSON.stringify(
            random.pick([
              'CredentialProviderRequest',
              'credentialproviderresponse',
              '',
              'CredentialProviderConfig',
              'List',
              'CredentialProviderResponse ',
            ]),
          ),
        ),
    ],
    [
      2,
      () =>
        withMember(
          list,
          'cacheKeyType',
          random.pick(['"image"', '""', '"<global>"', 'null', '1', '"Image "']),
        ),
    ],
  ])();
}

function replaced(
  random: Random,
  list: Members,
  change: (member: [string, string]) => [string, string],
): Members {
  const chosen = random.below(list.length);
  return list.map((member, at) => (at === chosen ? change(member) : member));
}

function withMember(list: Members, name: string, json: string): Members {
  return list.map((member) => (member[0] === name ? [name, json] : member));
}

function escaped(name: string): string {
  return name.replace(/^./, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
}

function join(random: Random, list: Members): string {
  const space = random.chance(0.8) ? '' : random.pick([' ', '\n\t', '\r\n']);
  return `{${space}${list.map(([name, json]) => `"${name}"${space}:${space}${json}`).join(`,${space}`)}${space}}`;
}

function surround(random: Random, text: string): Buffer {
  if (random.chance(0.8)) return Buffer.from(text);
  const ends = [
    '\n',
    ' ',
    '\n\n',
    '\ufeff',
    '\0',
    ',',
    'x',
    '{}',
    '\u00a0',
    '\v',
    '\n---\n',
    text,
  ] as const;
  return Buffer.from(
    random.chance(0.5) ? `${random.pick(ends)}${text}` : `${text}${random.pick(ends)}`,
  );
}

function yaml(random: Random, apiVersion: string): Buffer {
  const text = `kind: CredentialProviderResponse\napiVersion: ${apiVersion}\ncacheKeyType: Image\nauth: {}\n`;
  return Buffer.from(
    random.chance(0.5) ? text : `{kind: CredentialProviderResponse, apiVersion: ${apiVersion}}`,
  );
}

function cut(random: Random, text: string): string {
  const at = random.below(text.length);
  return random.chance(0.5) ? text.slice(0, at) : text.slice(0, at) + text.slice(at + 1);
}

function brokenBytes(random: Random, text: string): Buffer {
  const bytes = Buffer.from(text);
  bytes[random.below(bytes.length)] = random.pick([0xff, 0xc3, 0x80, 0x00, 0x22, 0x5c, 0x7f]);
  return bytes;
}
