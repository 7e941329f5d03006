// docker-credential-keyring and a helper by the Go package that Docker's own are made with are told the same: their
// answers are the same, byte for byte.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../../src/cli/version.ts';
import { inOrder } from '../unit/fakes/in-order.ts';
import {
  execute,
  installHelper,
  type InstalledHelper,
} from './credential-helper/installed-helper.ts';

let helper: InstalledHelper;

beforeAll(() => {
  helper = installHelper();
});
afterAll(() => helper.remove());

describe('the protocol is the one of docker/docker-credential-helpers', () => {
  const HUNTER = 'hunter2 "✓" <&>\u2028';

  beforeAll(() => {
    const directory = join(import.meta.dirname, 'credential-helper', 'go');
    const variable = 'github.com/docker/docker-credential-helpers/credentials.Version';
    const flags = ['-ldflags', `-X ${variable}=v${VERSION}`];
    const output = join(helper.bin, 'go-helper');
    execute('go', ['-C', directory, 'build', ...flags, '-o', output, '.']);
  }, 300_000);

  beforeEach(async () => {
    rmSync(helper.home, { recursive: true, force: true });
    helper.configure({ providers: [] });
    const stored = [
      { ServerURL: 'https://r.test/v1/', Username: 'ada', Secret: HUNTER },
      { ServerURL: 't.test', Username: '<token>', Secret: 'hunter2' },
    ];
    await inOrder(stored, (credential) =>
      helper.run('docker-credential-keyring', ['store'], { stdin: JSON.stringify(credential) }),
    );
  });

  test.each<[readonly string[], string]>([
    [[], ''],
    [['get', 'more'], 't.test'],
    [['--help'], ''],
    [['-h'], ''],
    [['--version'], ''],
    [['-v'], ''],
    [['version'], ''],
    [['unknown'], ''],
    [['Get'], 't.test'],
    [['get'], 't.test'],
    [['get'], ' \tt.test\r\n\n'],
    [['get'], 'https://r.test\n/v1/\r\n'],
    [['get'], '\u00a0t.test\u0085'],
    [['get'], '\ufefft.test'],
    [['get'], 'other.test'],
    [['get'], ''],
    [['get'], ' \n '],
    [['erase'], 't.test'],
    [['erase'], 'other.test'],
    [['erase'], ''],
    [['list'], 'unused'],
    [['list'], ''],
    [['store'], '{"ServerURL":"n.test","Username":"ada","Secret":"hunter2"}'],
    [['store'], '{"serverurl":"n.test",\n"USERNAME":"ada","Secret":null,"Other":{}} and more'],
    [['store'], '{"Username":"ada","Secret":"hunter2"}'],
    [['store'], '{"ServerURL":"n.test","Secret":"hunter2"}'],
    [['store'], '{}'],
    [['store'], 'null'],
  ])('%j %j', async (args, stdin) => {
    const [ours, theirs] = [
      await helper.run('docker-credential-keyring', args, { stdin }),
      await helper.run('go-helper', args, { stdin }),
    ];
    expect(ours).toEqual(theirs);
  });

  // Go's own words quote the input.
  test.each(['', '[]', '{"ServerURL":1}', '{"Secret":"hunter2', 'hunter2'])(
    'but for the words about what is malformed: %j',
    async (stdin) => {
      const ours = await helper.run('docker-credential-keyring', ['store'], { stdin });
      const theirs = await helper.run('go-helper', ['store'], { stdin });
      expect([ours.exitCode, ours.stderr]).toEqual([theirs.exitCode, theirs.stderr]);
      expect(ours.stdout).toMatch(/^[^\n]+\n$/);
      expect(ours.stdout).not.toContain('hunter2');
    },
  );
});

test('fifty logins at once are all kept', async () => {
  rmSync(join(helper.home, '.local'), { recursive: true, force: true });
  const servers = Array.from({ length: 50 }, (_, index) => `r${index}.test`);
  const endings = await Promise.all(
    servers.map((ServerURL) =>
      helper.run('docker-credential-keyring', ['store'], {
        stdin: JSON.stringify({ ServerURL, Username: 'ada', Secret: 'hunter2' }),
      }),
    ),
  );
  expect(new Set(endings.map(({ exitCode }) => exitCode))).toEqual(new Set([0]));
  const { stdout } = await helper.run('docker-credential-keyring', ['list']);
  expect(Object.keys(JSON.parse(stdout) as object).toSorted()).toEqual(servers.toSorted());
}, 120_000);
