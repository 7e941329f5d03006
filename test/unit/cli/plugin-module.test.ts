import { expect, test } from '@jest/globals';
import { pluginCommand } from '../../../src/cli/commands/plugin.ts';
import { hostOf } from './plugin-run.ts';

test.each([
  ['ERR_MODULE_NOT_FOUND', "Cannot find package 'vault' imported from /p.js", "package 'vault'"],
  ['MODULE_NOT_FOUND', "Cannot find module '@acme/vault'\nRequire stack:", "package '@acme/vault'"],
  ['ERR_MODULE_NOT_FOUND', "Cannot find module '/near.js' imported from /p.js", 'it threw Error'],
])('names a package that a module imports and that is not there: %s', async (code, text, named) => {
  const { host, written } = hostOf('--provider=module:/p.js');
  const importModule = () => Promise.reject(Object.assign(new Error(text), { code }));
  expect(await pluginCommand({ ...host, importModule })).toBe(1);
  expect(written.stderr).toContain(`/p.js could not be loaded: `);
  expect(written.stderr).toContain(named);
});
