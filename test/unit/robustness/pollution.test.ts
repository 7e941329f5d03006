import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildNodeProgram, type NodeProgram } from '../system/node-program.ts';
import { answers } from './pollution-scenario.ts';
import { casesOf } from '../fakes/amount.ts';

const REPORTS = ['docker-keyring', 'docker-keyring-kubernetes', 'docker-keyring-registry'];

/** What somebody who can put it on Object.prototype would put there, by a member's type. */
function valuesOf(type: string): string[] {
  const literals = type.match(/'[^']*'/g) ?? [];
  if (literals.length > 0) return literals;
  if (type.includes('=>')) return ["() => 'polluted'"];
  if (type.includes('[]')) return ['[]', "['polluted']"];
  if (/\bboolean\b/.test(type)) return ['true', 'false'];
  if (/\bnumber\b/.test(type)) return ['1'];
  if (/\bDate\b/.test(type)) return ['new Date(0)'];
  return /\bstring\b/.test(type) ? ["'polluted'"] : ['{}'];
}

/** What Node's own events, `Request`, `util` and property descriptors read from Object.prototype, whoever calls them. */
const NODES_OWN = /^\['(?:signal|credentials|mode|body|headers|method|type|cache|value)'/;

/** Every optional member of the public interface, as name and value. */
function pollutions(): string[] {
  const text = REPORTS.map((name) => readFileSync(`api/${name}.api.md`, 'utf8')).join('\n');
  const members = [...text.matchAll(/^\s+readonly (\w+)\?: ([^;]+);/gm)];
  const pairs = members.flatMap(([, name = '', type = '']) =>
    valuesOf(type).map((value) => `['${name}', ${value}]`),
  );
  const secret = `{ kind: 'Secret', type: 'kubernetes.io/dockercfg',
    stringData: { '.dockercfg': '{"r.test":{"username":"evil"}}' } }`;
  return [
    ...new Set([...pairs, ...inner()].filter((pair) => !NODES_OWN.test(pair))),
    `['pullSecrets', [${secret}]]`,
    "['items', []]",
    "['auth', 'ZXZpbDpw']",
    "['identitytoken', 'polluted']",
  ];
}

/** Every optional member of any type in src/, and every member that says which one of a union an object is. */
function inner(): string[] {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' });
  const text = files
    .filter((file) => file.endsWith('.ts') && !file.startsWith('testing'))
    .map((file) => readFileSync(join('src', file), 'utf8'))
    .join('\n');
  const members = [...text.matchAll(/^\s+readonly (\w+)\?: ([^;]+);/gm)];
  const kinds = [...text.matchAll(/\bhas\(\w+, '(\w+)'\)/g)];
  return [
    ...members.map(([, name = '', type = '']) => [name, type] as const),
    ...kinds.map(([, name = '']) => [name, 'string'] as const),
  ].flatMap(([name, type]) => valuesOf(type).map((value) => `['${name}', ${value}]`));
}

let program: NodeProgram;

beforeAll(() => {
  program = buildNodeProgram(['test/unit/robustness/pollution-scenario.ts']);
});

afterAll(() => {
  program.remove();
});

test('the answers that are compared are the same each time', async () => {
  expect(await answers()).toBe(await answers());
});

test('what stands on Object.prototype changes no answer', async () => {
  const all = pollutions();
  expect(all.length).toBeGreaterThan(100);
  const { stdout, stderr } = await program.run(`
    const expected = await answers();
    for (const [name, value] of [${casesOf(all, 7).join(',\n')}]) {
      Object.prototype[name] = value;
      const said = await answers().catch((error) => String(error?.stack ?? error));
      delete Object.prototype[name];
      const at = [...said].findIndex((character, index) => character !== expected[index]);
      if (said !== expected) console.log(name, value, said.slice(Math.max(0, at - 100), at + 100));
    }`);
  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
});
