import { describe, expect, test } from '@jest/globals';
import { decodeDockerConfig, type DecodedConfig } from '../../../src/config/docker-config.ts';

function decode(text: string, format: 'config.json' | '.dockercfg' = 'config.json'): DecodedConfig {
  return decodeDockerConfig(Buffer.from(text), format, { tokens: true });
}

function names({ entries }: DecodedConfig): string[] {
  return entries.map(({ rawKey, username }) => `${rawKey}=${username}`);
}

function reasons({ problems }: DecodedConfig): string[] {
  return problems.map(({ reason, position: { line, column }, entry, strict }) => {
    const where = entry === undefined ? '' : ` in ${entry}`;
    return `${line}:${column}${where}: ${reason}${strict ? '' : ' (lenient)'}`;
  });
}

describe('entries', () => {
  test('are under "auths" in a config.json, and at the top of a .dockercfg', () => {
    const flat = '{"a.test":{"username":"u"},"auths":{"username":"v"}}';
    expect(names(decode(flat, '.dockercfg'))).toEqual(['a.test=u', 'auths=v']);
    expect(names(decode('{"a.test":{"username":"u"}}'))).toEqual([]);
    expect(names(decode('{"auths":{"a.test":{"username":"u"}}}'))).toEqual(['a.test=u']);
    expect(names(decode('{"auths":{"a.test":{"username":"u"}}}', '.dockercfg'))).toEqual([
      'auths=',
    ]);
  });

  test('keep the order of the document; a duplicate replaces the earlier one whole, in its place', () => {
    const text = `{"auths":{"b":{"username":"1","password":"x"},"a":{"username":"2"}},
      "AUTHS":{"b":{"username":"3"},"c":{}}}`;
    expect(names(decode(text))).toEqual(['b=3', 'a=2', 'c=']);
    expect(decode(text).entries[0]).toEqual({ rawKey: 'b', username: '3', password: '' });
  });

  test('are gone when a later "auths" is null', () => {
    expect(names(decode('{"auths":{"a":{}},"Auths":null,"auths":{"b":{}}}'))).toEqual(['b=']);
  });

  test('may be null or empty, and count all the same', () => {
    const empty = { username: '', password: '' };
    expect(decode('{"auths":{"a":null,"b":{}}}').entries).toEqual([
      { rawKey: 'a', ...empty },
      { rawKey: 'b', ...empty },
    ]);
  });

  test.each(['__proto__', 'constructor', 'hasOwnProperty', ''])(
    'may be named %p like any other',
    (name) => {
      const text = `{"auths":{${JSON.stringify(name)}:{"username":"u"}}}`;
      expect(names(decode(text))).toEqual([`${name}=u`]);
    },
  );
});

describe('fields of an entry', () => {
  test.each<[string, object]>([
    ['{"username":"u","password":"p","email":"e"}', { username: 'u', password: 'p', email: 'e' }],
    ['{"USERNAME":"u","paſſword":"p"}', { username: 'u', password: 'p' }],
    ['{"username":"a","Username":"b","username":"c"}', { username: 'c', password: '' }],
    ['{"username":"a","Username":null}', { username: 'a', password: '' }],
    ['{"auth":"dTpw","username":"u","password":"p"}', { username: 'u', password: 'p' }],
    ['{"auth":"","username":"x","password":"y"}', { username: 'x', password: 'y' }],
    ['{"auth":null,"username":"x"}', { username: 'x', password: '' }],
    ['{"email":""}', { username: '', password: '' }],
    ['{"__proto__":{"username":"x"},"other":[1,{"a":1e400}]}', { username: '', password: '' }],
    [
      '{"identitytoken":"i","registrytoken":"r"}',
      { username: '', password: '', identityToken: 'i', registryToken: 'r' },
    ],
    ['{"identitytoken":"","registrytoken":null}', { username: '', password: '' }],
  ])('%s', (json, fields) => {
    const { entries, problems } = decode(`{"auths":{"a":${json}}}`);
    expect(entries).toEqual([{ rawKey: 'a', ...fields }]);
    expect(problems).toEqual([]);
  });

  test.each([
    ['"username":"canary","password":"p"', 'username'],
    ['"username":"u","password":"canary"', 'password'],
    ['"password":"canary"', 'password'],
    ['"username":"u","password":"p"', undefined],
  ])('of which "auth" counts, and overrules what differs: %s', (written, overruled) => {
    const { entries, problems } = decode(`{"auths":{"a":{${written},"auth":"dTpw"}}}`);
    expect(entries).toEqual([{ rawKey: 'a', username: 'u', password: 'p', overruled }]);
    expect(problems).toEqual([]);
  });

  test('of which "auth" counts say so where it cuts a user name with a colon', () => {
    const written = '"username":"u:v","password":"p","auth":"dTp2OnA="';
    const { entries, problems } = decode(`{"auths":{"a":{${written}}}}`);
    expect(entries).toEqual([{ rawKey: 'a', username: 'u', password: 'v:p' }]);
    expect(problems).toMatchObject([{ entry: 'a', strict: false }]);
    expect(problems[0]?.reason).toContain('has a colon');
  });

  test.each<[string, object]>([
    ['{"identitytoken":"i"}', { ignoredToken: 'identity token' }],
    ['{"identitytoken":5,"registrytoken":"r"}', { ignoredToken: 'registry token' }],
    ['{"identityToken":"i","registrytoken":"r"}', { ignoredToken: 'identity token' }],
    ['{"identitytoken":"","registrytoken":null}', {}],
  ])('that hold tokens are only noted where tokens do not count: %s', (json, expected) => {
    const bytes = Buffer.from(`{"auths":{"a":${json}}}`);
    const { entries, problems } = decodeDockerConfig(bytes, 'config.json', { tokens: false });
    expect(entries).toEqual([{ rawKey: 'a', username: '', password: '', ...expected }]);
    expect(problems).toEqual([]);
  });
});

describe('of many problems', () => {
  const ignored = '"x":{"identitytoken":1},'.repeat(150);

  test('the first 100 are listed, and the others counted at the first of them', () => {
    const { problems } = decode(`{"auths":{\n${ignored}"ok":{}}}`);
    expect(problems).toHaveLength(101);
    const start = '"x":{"identitytoken":'.length;
    expect(problems[99]?.position).toEqual({ line: 2, column: 1 + 99 * 24 + start });
    expect(problems[100]).toEqual({
      reason: 'and 50 more problems',
      strict: false,
      position: { line: 2, column: 1 + 100 * 24 + start },
    });
  });

  test('the first that a kubelet minds is listed, wherever it stands', () => {
    const { problems, entries } = decode(`{"auths":{${ignored}"bad":{"auth":1},"ok":{"auth":1}}}`);
    expect(problems).toHaveLength(102);
    expect(problems[100]).toMatchObject({ entry: 'bad', strict: true });
    expect(problems[101]).toMatchObject({ reason: 'and 51 more problems' });
    expect(entries).toEqual([]);
  });
});

describe('a problem has its place, and takes its own entry only', () => {
  test.each<[string, string[]]>([
    ['{"auths":{"a":5,"ok":{}}}', ['1:15 in a: an entry must be an object']],
    ['{"auths":{"a":{"username":5},"ok":{}}}', ['1:27 in a: "username" must be a string']],
    ['{"auths":{"a":{"Auth":{}},\n"ok":{}}}', ['1:23 in a: "auth" must be a string']],
    ['{"auths":{\n  "a":{"auth":"!"},"ok":{}}}', ['2:3 in a: "auth" is not base64']],
    [
      '{"auths":{"a":{"identitytoken":5},"ok":{}}}',
      ['1:32 in a: "identitytoken" must be a string (lenient)'],
    ],
    [
      '{"auths":{"https://u:p@a/?x":{"email":[],"auth":1},"ok":{}}}',
      [
        '1:39 in https://[redacted]@a/?[redacted]: "email" must be a string',
        '1:49 in https://[redacted]@a/?[redacted]: "auth" must be a string',
      ],
    ],
    ['{"auths":5,"Auths":{"ok":{}}}', ['1:10: "auths" must be an object']],
    ['{"HttpHeaders":[],"auths":{"ok":{}}}', ['1:16: "HttpHeaders" must be an object']],
    [
      '{"HttpHeaders":{"a":"b","c":null,"d":1},"auths":{"ok":{}}}',
      ['1:38: the values of "HttpHeaders" must be strings'],
    ],
    ['{"credsStore":1,"auths":{"ok":{}}}', ['1:15: "credsStore" must be a string (lenient)']],
    ['{"credHelpers":"x","auths":{"ok":{}}}', ['1:16: "credHelpers" must be an object (lenient)']],
    [
      '{"credHelpers":{"a":1},"auths":{"ok":{}}}',
      ['1:21: the values of "credHelpers" must be strings (lenient)'],
    ],
  ])('%s', (text, expected) => {
    const decoded = decode(text);
    expect(reasons(decoded)).toEqual(expected);
    expect(names(decoded)).toEqual(['ok=']);
    expect(decoded.fatal).toBe(false);
  });

  test('a later entry of the same name is not hidden by a broken one', () => {
    const decoded = decode('{"auths":{"a":5,"a":{"username":"u"}}}');
    expect(names(decoded)).toEqual(['a=u']);
    expect(decoded.problems).toHaveLength(1);
  });
});

describe('a document of which nothing counts', () => {
  test.each<[string, string]>([
    ['', '1:1: the JSON ends too early'],
    ['[]', '1:1: the document must be a JSON object'],
    ['"text"', '1:1: the document must be a JSON object'],
    ['5', '1:1: the document must be a JSON object'],
    ['{"auths":{"a":{}}}x', '1:19: not JSON: a character that is invalid after top-level value'],
    [
      '{"auths":{"a":5},\n}',
      '2:1: not JSON: a character that is invalid looking for beginning of object key string',
    ],
  ])('%p', (text, reason) => {
    for (const format of ['config.json', '.dockercfg'] as const) {
      const decoded = decode(text, format);
      expect(reasons(decoded)).toEqual([reason]);
      expect(decoded).toMatchObject({ entries: [], fatal: true });
    }
  });

  test('is not one that is null, as for Go', () => {
    expect(decode('null')).toMatchObject({ entries: [], problems: [], fatal: false });
    expect(decode('{"auths":null}')).toMatchObject({ entries: [], problems: [], fatal: false });
  });
});

test('a failure of another kind is not taken for a fault of the document', () => {
  const options = {
    get tokens(): boolean {
      throw new Error('mine');
    },
  };
  const bytes = Buffer.from('{"auths":{"a":{"identitytoken":"x"}}}');
  expect(() => decodeDockerConfig(bytes, 'config.json', options)).toThrow('mine');
});

describe('credential helpers', () => {
  test('are told, though not run', () => {
    const { credsStore, credHelpers } = decode(
      '{"CredsStore":"desktop","credHelpers":{"gcr.io":"gcloud","x":null},"credhelpers":{"y":"z"}}',
    );
    expect(credsStore).toBe('desktop');
    expect([...credHelpers]).toEqual([
      ['gcr.io', 'gcloud'],
      ['y', 'z'],
    ]);
  });

  test('may be null, or absent', () => {
    const decoded = decode('{"credsStore":null,"credHelpers":null,"HttpHeaders":null}');
    expect(decoded).not.toHaveProperty('credsStore');
    expect(decoded.credHelpers.size).toBe(0);
    expect(decoded.problems).toEqual([]);
  });
});
