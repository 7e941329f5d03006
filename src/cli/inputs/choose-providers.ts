// The providers that --providers names.

import { findRow, namesIn } from '../../providers/catalog.ts';
import type { CredentialProvider, ProviderSet } from '../../providers/contract.ts';
import type { System } from '../../system/system.ts';
import { firstRepeated } from '../../util/text/first-repeated.ts';
import { caught, UsageError } from '../context.ts';

const NONE = 'none';

/** What is done with one that cannot be made, because of a variable for example. It gets the cause as a message. */
export type OnBrokenProvider = (name: string, message: string) => void;

type Provider = CredentialProvider | ProviderSet;

/**
 * Makes them, in the order in which they are named; `undefined` where the option is not given.
 *
 * @param onBroken - Where it is missing, one that cannot be made is a {@link UsageError}.
 */
export async function chooseProviders(
  list: string | undefined,
  system: System,
  onBroken: OnBrokenProvider = refuse,
): Promise<readonly Provider[] | undefined> {
  if (list === undefined) return undefined;
  const names = list.split(',').map((name) => name.trim());
  if (names.length === 1 && names[0] === NONE) return [];
  if (names.includes(NONE)) throw new UsageError('--providers is either none or a list');
  const repeated = firstRepeated(names);
  if (repeated !== undefined) throw new UsageError(`--providers names ${repeated} twice`);
  const made = names.map((name) => makeProvider(name, system, onBroken));
  return (await Promise.all(made)).filter((one) => one !== undefined);
}

function refuse(_name: string, message: string): never {
  throw new UsageError(message);
}

async function makeProvider(
  name: string,
  system: System,
  onBroken: OnBrokenProvider,
): Promise<Provider | undefined> {
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
    onBroken(name, caught(error, TypeError).message);
    return undefined;
  }
}
