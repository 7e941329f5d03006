// The providers that --providers names.

import { findRow, namesIn } from '../../providers/catalog.ts';
import type { CredentialProvider, ProviderSet } from '../../providers/contract.ts';
import type { System } from '../../system/system.ts';
import { firstRepeated } from '../../util/text/first-repeated.ts';
import { caught, UsageError } from '../context.ts';

const NONE = 'none';

/** Makes them, in the order in which they are named; `undefined` where the option is not given. */
export async function chooseProviders(
  list: string | undefined,
  system: System,
): Promise<readonly (CredentialProvider | ProviderSet)[] | undefined> {
  if (list === undefined) return undefined;
  const names = list.split(',').map((name) => name.trim());
  if (names.length === 1 && names[0] === NONE) return [];
  if (names.includes(NONE)) throw new UsageError('--providers is either none or a list');
  const repeated = firstRepeated(names);
  if (repeated !== undefined) throw new UsageError(`--providers names ${repeated} twice`);
  return Promise.all(names.map((name) => makeProvider(name, system)));
}

async function makeProvider(
  name: string,
  system: System,
): Promise<CredentialProvider | ProviderSet> {
  const found = findRow(name, 'lookup');
  if (found === undefined) {
    const known = namesIn('lookup').join(', ');
    throw new UsageError(
      `there is no provider ${JSON.stringify(name)}; there are ${known} and none`,
    );
  }
  try {
    return await found.row.make({ system }, found.argument);
  } catch (error) {
    throw new UsageError(caught(error, TypeError).message, { cause: error });
  }
}
