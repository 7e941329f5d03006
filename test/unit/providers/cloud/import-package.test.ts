import { describe, expect, test } from '@jest/globals';
import { MissingPackageError } from '../../../../src/errors.ts';
import { importPackage } from '../../../../src/providers/cloud/import-package.ts';

/** What `import()` rejects with, as Node words it. */
function notFound(missing: string, importer: string): Error {
  const message = `Cannot find package '${missing}' imported from ${importer}`;
  return Object.assign(new Error(message), { code: 'ERR_MODULE_NOT_FOUND' });
}

describe('A package', () => {
  test('is given when it is there', async () => {
    const given = await importPackage('yaml', () => import('yaml'));
    expect(given.parse('a: 1')).toEqual({ a: 1 });
  });

  test('that is not installed is named, with the command that installs it', async () => {
    const cause = notFound('@azure/identity', '/app/node_modules/docker-keyring/dist/index.js');
    const work = importPackage('@azure/identity', () => Promise.reject(cause));
    await expect(work).rejects.toBeInstanceOf(MissingPackageError);
    await expect(work).rejects.toMatchObject({
      code: 'ERR_KEYRING_PACKAGE_MISSING',
      packageName: '@azure/identity',
      message: 'The package @azure/identity is not installed: run npm install @azure/identity',
      cause,
    });
  });

  test('is named by what require() says, too', async () => {
    const message = "Cannot find module 'google-auth-library'\nRequire stack:\n- /app/index.js";
    const cause = Object.assign(new Error(message), { code: 'MODULE_NOT_FOUND' });
    const work = importPackage('google-auth-library', () => Promise.reject(cause));
    await expect(work).rejects.toMatchObject({ packageName: 'google-auth-library', cause });
  });

  test.each([
    [
      'lacks a package of its own',
      notFound('tslib', '/app/node_modules/@azure/identity/dist/esm/index.js'),
    ],
    [
      'lacks a package whose name begins with its own',
      notFound('@azure/identity-broker', '/app/node_modules/@azure/identity/dist/esm/index.js'),
    ],
    ['fails when it is loaded', new SyntaxError("Unexpected token in '@azure/identity'")],
  ])('that %s fails as it does', async (_name, failure) => {
    const work = importPackage('@azure/identity', () => Promise.reject(failure));
    await expect(work).rejects.toBe(failure);
  });

  test('is asked for again after it was not there', async () => {
    let isInstalled = false;
    const load = (): Promise<string> =>
      isInstalled ? Promise.resolve('loaded') : Promise.reject(notFound('sdk', '/app/x.js'));
    await expect(importPackage('sdk', load)).rejects.toThrow('npm install sdk');
    isInstalled = true;
    await expect(importPackage('sdk', load)).resolves.toBe('loaded');
  });
});
