import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { PLUGIN_HELP } from '../../../src/cli/inputs/plugin-arguments.ts';
import { providersOption } from '../../../src/cli/program/options.ts';
import { defaultProviders } from '../../../src/create-keyring/default-providers.ts';
import {
  CATALOG,
  DEFAULT_NAMES,
  findRow,
  namesIn,
  type NamingPlace,
  type ProviderRow,
} from '../../../src/providers/catalog.ts';
import * as entry from '../../../src/index.ts';
import { isProviderSet, providerProblem } from '../../../src/providers/check-provider.ts';

import { programIdentity } from '../../../src/providers/principal/program-principal.ts';
import { fakeSystem } from '../fakes/fake-system.ts';

const PROVIDERS = CATALOG.filter((row): row is ProviderRow => row.make !== undefined);
const CLOUDS = CATALOG.flatMap(({ name, cloud }) => (cloud === undefined ? [] : [{ name, cloud }]));
const ARGUMENTS: Readonly<Record<string, string>> = {
  helper: 'pass',
  exec: '/etc/plugins.yaml,/bin',
};
const FOLDERS_OF_NO_PROVIDER = new Set(['asking', 'cache', 'cloud', 'principal']);

const textOf = (path: string): string => readFileSync(path, 'utf8');
const argumentOf = ({ name }: ProviderRow): string => ARGUMENTS[name] ?? '';

describe('A provider that is missing somewhere fails here:', () => {
  test('the catalog has every factory of the main entry, and no other', () => {
    // The other functions there begin with a verb.
    const factories = Object.keys(entry).filter(
      (name) =>
        /^[a-z]/.test(name) &&
        !/^(?:errors$|create|is|keyringFor$|matches|parse|to|write)/.test(name),
    );
    expect(PROVIDERS.map(({ factory }) => factory).toSorted()).toEqual(factories.toSorted());
  });

  test('the catalog has a row for every folder of a provider', () => {
    const folders = readdirSync('src/providers', { withFileTypes: true })
      .filter((one) => one.isDirectory() && !FOLDERS_OF_NO_PROVIDER.has(one.name))
      .map(({ name }) => name);
    const catalog = textOf('src/providers/catalog.ts');
    expect(folders.filter((folder) => !catalog.includes(`import('./${folder}/`))).toEqual([]);
  });

  test('a keyring without the option has the default ones, in their order', () => {
    expect(defaultProviders(fakeSystem()).map(({ name }) => name)).toEqual(DEFAULT_NAMES);
  });

  test.each(CATALOG.map((row) => [row.name, row] as const))(
    'the pages tell of %s',
    (_name, row) => {
      expect(existsSync(`docs/${row.page}`)).toBe(true);
      expect(textOf('docs/README.md')).toContain(`](${row.page})`);
      for (const place of row.namedIn) expect(pageOf(place)).toContain(`\`${written(row)}\``);
    },
  );

  test.each(PROVIDERS.map((row) => [row.name, row] as const))(
    'README and the page about caching tell of the factory of %s',
    (_name, { factory, page }) => {
      expect(textOf('README.md')).toContain(
        `[\`${factory}()\`](https://github.com/docker-keyring/docker-keyring/blob/main/docs/${page})`,
      );
      expect(textOf('docs/caching.md')).toContain(`\`${factory}()\``);
      expect(textOf(`docs/${page}`)).toMatch(new RegExp(`\\b${factory}\\(`));
    },
  );

  test('the help of "plugin" names those that it takes', () => {
    const help = PLUGIN_HELP.replaceAll(/\s+/g, ' ');
    const known = namesIn('plugin')
      .join(', ')
      .replace(/, (?=[^,]*$)/, ' or ');
    expect(help).toContain(`${known}; repeatable (default: ${DEFAULT_NAMES.join(', ')})`);
  });

  test('the help of --providers names those that it takes', () => {
    const help = new Command()
      .addOption(providersOption())
      .helpInformation()
      .replaceAll(/\s+/g, ' ');
    expect(help).toContain(`${namesIn('lookup').join(', ')}, or none (default: `);
    expect(help).toContain(`(default: ${DEFAULT_NAMES.join(',')})`);
  });
});

describe('Every provider of the catalog', () => {
  test.each(PROVIDERS.map((row) => [row.name, row] as const))('%s is one', async (_name, row) => {
    const made = await row.make({ system: fakeSystem() }, argumentOf(row));
    expect(isProviderSet(made) ? undefined : providerProblem(made)).toBeUndefined();
  });

  const single = PROVIDERS.filter(({ factory }) => factory !== 'execPlugins');
  test.each(single.map((row) => [row.name, row] as const))(
    '%s says of whom its answers are, and can be diagnosed',
    async (_name, row) => {
      const made = await row.make({ system: fakeSystem() }, argumentOf(row));
      expect(made).toMatchObject({
        cachePrincipal: expect.any(Function),
        diagnose: expect.any(Function),
      });
    },
  );

  test.each(DEFAULT_NAMES)('%s can use the tokens of service accounts', async (name) => {
    const system = fakeSystem();
    const gcr = { projectId: 'p', identityProvider: 'i' };
    const named = findRow(name, 'lookup');
    const made = await named?.row.make({ system, serviceAccounts: { gcr } }, '');
    expect(made).toHaveProperty('tokenAttributes');
    const without = await named?.row.make({ system }, '');
    expect(without).not.toHaveProperty('tokenAttributes');
  });

  test('has a name of its own', () => {
    const names = CATALOG.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('Every cloud of the catalog', () => {
  const files = CLOUDS.flatMap(({ name, cloud }) =>
    cloud.files.map((file) => [name, file] as const),
  );

  test.each(files)('%s decides by %s what a program answers', async (_name, file) => {
    const path = file.replace('~', '/home/user');
    const before = fakeSystem();
    const after = fakeSystem({ files: { [path]: '{}' } });
    expect(await programIdentity(after)).not.toEqual(await programIdentity(before));
  });

  test.each(CLOUDS.map(({ name, cloud }) => [name, cloud] as const))(
    'of %s has signs and proofs for doctor',
    (_name, cloud) => {
      expect(cloud.variables).not.toEqual([]);
      expect(cloud.firmware).not.toEqual([]);
      expect(cloud.proofs).not.toEqual([]);
    },
  );
});

describe('A name', () => {
  test('is found with its argument, which may have colons', () => {
    expect(findRow('helper:pass', 'lookup')).toMatchObject({
      row: { factory: 'dockerHelper' },
      argument: 'pass',
    });
    expect(findRow('module:C:/vault.mjs', 'plugin')).toMatchObject({
      row: { name: 'module' },
      argument: 'C:/vault.mjs',
    });
  });

  test.each<[string, NamingPlace]>([
    ['ecs', 'plugin'],
    ['ecr:x', 'plugin'],
    ['helper', 'plugin'],
    ['config:/a.json', 'lookup'],
    ['exec:/a,/b', 'plugin'],
    ['', 'lookup'],
  ])('%j is none for %s', (text, place) => {
    expect(findRow(text, place as 'plugin')).toBeUndefined();
  });
});

function written({ name, argument }: (typeof CATALOG)[number]): string {
  return argument === undefined ? name : `${name}:${argument}`;
}

function pageOf(place: NamingPlace): string {
  const pages = {
    lookup: 'docs/command-line.md',
    plugin: 'docs/serving-plugins.md',
    'credential-helper': 'docs/serving-helpers.md',
  };
  return textOf(pages[place]);
}
