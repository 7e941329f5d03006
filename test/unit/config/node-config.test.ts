import { describe, expect, test } from '@jest/globals';
import {
  createNodeConfigReader,
  type NodeConfig,
  type NodeConfigReader,
} from '../../../src/config/node-config.ts';
import { configCandidates, type Semantics } from '../../../src/config/search-paths.ts';
import type { ConfigError } from '../../../src/errors.ts';
import { fakeSystem, type FakeSystem, type FakeWorld } from '../fakes/fake-system.ts';

const PATH = '/a/config.json';
const SECOND = '/b/config.json';

interface Setup {
  readonly system: FakeSystem;
  readonly reader: NodeConfigReader;
  readonly problems: ConfigError[];
}

function setUp(
  world: FakeWorld,
  semantics: Semantics = 'extended',
  files: readonly string[] | undefined = [PATH, SECOND],
): Setup {
  const system = fakeSystem(world);
  const problems: ConfigError[] = [];
  const candidates = configCandidates(system, files.length === 0 ? {} : { files }, semantics);
  const onProblem = (problem: ConfigError): void => void problems.push(problem);
  const reader = createNodeConfigReader({ system, candidates, semantics, onProblem });
  return { system, reader, problems };
}

function document(name: string): string {
  return JSON.stringify({ auths: { [`${name}.test`]: { auth: 'dTpw' } } });
}

function summary({ files }: NodeConfig): string[] {
  return files.map(({ status, config }) => {
    const keys = config?.entries.map(({ rawKey }) => rawKey) ?? [];
    return [status, ...keys].join(' ');
  });
}

describe('a first look', () => {
  test('reads nothing before it is asked', () => {
    const { system, reader } = setUp({ files: { [PATH]: document('one') } });
    expect(reader.fresh()).toBeUndefined();
    expect(system.touches).toEqual([]);
  });

  test('takes every file in the extended semantics', async () => {
    const { reader } = setUp({ files: { [PATH]: document('one'), [SECOND]: document('two') } });
    expect(summary(await reader.refresh())).toEqual(['used one.test', 'used two.test']);
  });

  test('takes the first valid one in the semantics of the kubelet', async () => {
    const files = { [PATH]: '{', [SECOND]: document('two'), '/c': document('three') };
    const { reader, problems } = setUp({ files }, 'kubelet', [PATH, SECOND, '/c', '/d']);
    const expected = ['malformed', 'used two.test', 'not-consulted', 'missing'];
    expect(summary(await reader.refresh())).toEqual(expected);
    expect(problems.map(({ message }) => message)).toEqual([
      `${PATH}:1:2: the JSON ends too early`,
    ]);
  });

  test.each(['', ' \n\t\r\n'])('takes the blank file %j for one without entries', async (blank) => {
    const files = { [PATH]: blank, [SECOND]: document('two') };
    const { reader, problems } = setUp({ files });
    expect(summary(await reader.refresh())).toEqual(['used', 'used two.test']);
    expect(problems).toEqual([]);
  });

  test.each(['', ' \n'])('passes the blank file %j over as a kubelet does', async (blank) => {
    const files = { [PATH]: blank, [SECOND]: document('two') };
    const { reader, problems } = setUp({ files }, 'kubelet');
    expect(summary(await reader.refresh())).toEqual(['malformed', 'used two.test']);
    expect(problems.map(({ reason }) => reason)).toEqual(['the JSON ends too early']);
  });

  test('finds none valid', async () => {
    const { reader } = setUp({ files: { [PATH]: '{' } }, 'kubelet');
    expect(summary(await reader.refresh())).toEqual(['malformed', 'missing']);
  });

  test('reads the document that a variable holds', async () => {
    const world = { env: { DOCKER_AUTH_CONFIG: document('inline') } };
    const { reader, system } = setUp(world, 'extended', []);
    const [first] = (await reader.refresh()).files;
    expect(first).toMatchObject({ status: 'used', candidate: { path: '$DOCKER_AUTH_CONFIG' } });
    expect(system.touches).not.toContain('read $DOCKER_AUTH_CONFIG');
  });

  test('takes an empty variable for an unset one', async () => {
    const { reader } = setUp({ env: { DOCKER_AUTH_CONFIG: '' } }, 'extended', []);
    expect((await reader.refresh()).files[0]?.status).toBe('missing');
  });

  test('is shared by all who ask at the same time', async () => {
    const { system, reader } = setUp({ files: { [PATH]: document('one') } });
    const states = await Promise.all(Array.from({ length: 1000 }, () => reader.refresh()));
    expect(new Set(states).size).toBe(1);
    expect(system.touches).toEqual([`stat ${PATH}`, `stat ${SECOND}`, `read ${PATH}`]);
  });
});

describe('a broken entry', () => {
  const text = '{"auths":{"good.test":{},"bad.test":{"auth":"!"}}}';

  test('leaves the others in the extended semantics', async () => {
    const { reader, problems } = setUp({ files: { [PATH]: text } });
    expect(summary(await reader.refresh())).toEqual(['used good.test', 'missing']);
    expect(problems.map(({ message }) => message)).toEqual([
      `${PATH}:1:26: entry "bad.test": "auth" is not base64`,
    ]);
  });

  test('takes the whole file in the semantics of the kubelet', async () => {
    const { reader } = setUp({ files: { [PATH]: text, [SECOND]: document('two') } }, 'kubelet');
    expect(summary(await reader.refresh())).toEqual(['malformed', 'used two.test']);
  });
});

describe('a change', () => {
  test('is looked for at most once a second', async () => {
    const { system, reader } = setUp({ files: { [PATH]: document('one') } });
    const first = await reader.refresh();
    system.put(PATH, document('two'));
    system.advance(999);
    expect(reader.fresh()).toBe(first);
    system.advance(1);
    expect(reader.fresh()).toBeUndefined();
    expect(summary(await reader.refresh())).toEqual(['used two.test', 'missing']);
  });

  test.each(['size', 'mtimeMs', 'inode'] as const)('is noticed by %s alone', async (property) => {
    const { system, reader } = setUp({});
    const stamp = { size: 1, mtimeMs: 1, inode: 1 };
    system.put(PATH, document('one'), stamp);
    await reader.refresh();
    system.put(PATH, document('two'), { ...stamp, [property]: 2 });
    expect(summary(await reader.refresh())).toEqual(['used two.test', 'missing']);
  });

  test('that leaves no trace is not noticed, and nothing is read or built anew', async () => {
    const { system, reader } = setUp({});
    const stamp = { size: 1, mtimeMs: 1, inode: 1 };
    system.put(PATH, document('one'), stamp);
    const first = await reader.refresh();
    system.put(PATH, document('two'), stamp);
    expect(await reader.refresh()).toBe(first);
    expect(system.touches.filter((touch) => touch.startsWith('read'))).toEqual([`read ${PATH}`]);
  });

  test('may be that a file comes, or goes', async () => {
    const { system, reader } = setUp({ files: { [PATH]: document('one') } });
    await reader.refresh();
    system.remove(PATH);
    system.put(SECOND, document('two'));
    expect(summary(await reader.refresh())).toEqual(['missing', 'used two.test']);
  });

  test('may be one of a variable', async () => {
    const { system, reader } = setUp({}, 'extended', []);
    await reader.refresh();
    system.setVariable('DOCKER_AUTH_CONFIG', document('inline'));
    expect(summary(await reader.refresh())[0]).toBe('used inline.test');
  });

  test('may be that a file goes between the look and the reading', async () => {
    const { system, reader } = setUp({ files: { [PATH]: document('one') } });
    system.readFile = async () => undefined;
    expect(summary(await reader.refresh())).toEqual(['missing', 'missing']);
  });

  test('may be that a variable goes between the look and the reading', async () => {
    const system = fakeSystem();
    const values = [document('inline'), undefined];
    const candidates = [{ path: '$V', format: 'config.json', variable: 'V' }] as const;
    const reader = createNodeConfigReader({
      system: { ...system, env: () => values.shift() },
      candidates,
      semantics: 'extended',
      onProblem: () => {},
    });
    expect(summary(await reader.refresh())).toEqual(['missing']);
  });
});

describe('a file that is half written', () => {
  test('counts as it last was, until it can be read again', async () => {
    const { system, reader, problems } = setUp({ files: { [PATH]: document('one') } });
    await reader.refresh();
    system.put(PATH, '{"auths":{');
    expect(summary(await reader.refresh())).toEqual(['kept one.test', 'missing']);
    system.put(PATH, '{"auths":{"tw');
    expect(summary(await reader.refresh())).toEqual(['kept one.test', 'missing']);
    system.put(PATH, document('two'));
    expect(summary(await reader.refresh())).toEqual(['used two.test', 'missing']);
    expect(problems).toHaveLength(2);
  });

  test('counts as nothing in the semantics of the kubelet, and the next file is taken', async () => {
    const files = { [PATH]: document('one'), [SECOND]: document('two') };
    const { system, reader } = setUp({ files }, 'kubelet');
    await reader.refresh();
    system.put(PATH, '{"auths":{');
    expect(summary(await reader.refresh())).toEqual(['malformed', 'used two.test']);
  });

  test('counts as nothing when it never was whole', async () => {
    const { reader } = setUp({ files: { [PATH]: '{"auths":{' } });
    expect(summary(await reader.refresh())).toEqual(['malformed', 'missing']);
  });
});

describe('a file that cannot be read', () => {
  const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });

  test.each<[unknown, string]>([
    [denied, 'no permission to read it (EACCES)'],
    [Object.assign(new Error('x'), { code: 'EPERM' }), 'no permission to read it (EPERM)'],
    [Object.assign(new Error('x'), { code: 'EIO' }), 'cannot be read (EIO)'],
    [new Error('it is not a regular file'), 'cannot be read: it is not a regular file'],
    ['a text', 'cannot be read: a text'],
  ])('because of %p has the reason %p', async (failure, reason) => {
    const { system, reader, problems } = setUp({});
    system.breakFile(PATH, failure as Error);
    expect(summary(await reader.refresh())).toEqual(['malformed', 'missing']);
    expect(problems).toMatchObject([{ path: PATH, reason, cause: failure }]);
  });

  test('is tried again at each look, and its problem told once', async () => {
    const { system, reader, problems } = setUp({ files: { [PATH]: document('one') } });
    await reader.refresh();
    system.breakFile(PATH, denied);
    const kept = await reader.refresh();
    expect(summary(kept)).toEqual(['kept one.test', 'missing']);
    // The same object: what is built from it is not built anew each second.
    expect(await reader.refresh()).toBe(kept);
    expect(problems).toHaveLength(1);
    system.breakFile(PATH, new Error('another'));
    await reader.refresh();
    expect(problems).toHaveLength(2);
    system.put(PATH, document('two'));
    expect(summary(await reader.refresh())).toEqual(['used two.test', 'missing']);
  });

  test('may be too large', async () => {
    const { system, reader, problems } = setUp({});
    system.put(PATH, '{}', { size: 10 * 1024 * 1024 + 1 });
    await reader.refresh();
    expect(problems[0]?.reason).toBe('cannot be read: it is larger than 10485760 bytes');
  });
});

test('a problem is told once, and again only when it is another', async () => {
  const { system, reader, problems } = setUp({ files: { [PATH]: '{"auths":{"a":5}}' } });
  await reader.refresh();
  system.put(SECOND, document('two'));
  await reader.refresh();
  expect(problems).toHaveLength(1);
});
