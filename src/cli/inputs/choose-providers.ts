// The providers that --providers names.

import { acr } from '../../providers/acr/acr.ts';
import type { CredentialProvider } from '../../providers/contract.ts';
import { dockerHelper } from '../../providers/docker-helper/docker-helper.ts';
import { ecr } from '../../providers/ecr/ecr.ts';
import { environment } from '../../providers/environment.ts';
import { gcr } from '../../providers/gcr/gcr.ts';
import type { System } from '../../system/system.ts';
import { caught, UsageError } from '../context.ts';

const FACTORIES: ReadonlyMap<string, (options: { system: System }) => CredentialProvider> = new Map(
  Object.entries({ ecr, gcr, acr, environment }),
);
const NONE = 'none';
const HELPER = 'helper:';

/** Makes them, in the order in which they are named; `undefined` where the option is not given. */
export function chooseProviders(
  list: string | undefined,
  system: System,
): readonly CredentialProvider[] | undefined {
  if (list === undefined) return undefined;
  const names = list.split(',').map((name) => name.trim());
  if (names.length === 1 && names[0] === NONE) return [];
  if (names.includes(NONE)) throw new UsageError('--providers is either none or a list');
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated !== undefined) throw new UsageError(`--providers names ${repeated} twice`);
  return names.map((name) => provider(name, system));
}

function provider(name: string, system: System): CredentialProvider {
  const factory = FACTORIES.get(name);
  try {
    if (factory !== undefined) return factory({ system });
    if (name.startsWith(HELPER)) return dockerHelper(name.slice(HELPER.length), { system });
  } catch (error) {
    throw new UsageError(caught(error, TypeError).message, { cause: error });
  }
  const known = [...FACTORIES.keys(), `${HELPER}NAME`].join(', ');
  throw new UsageError(`there is no provider ${JSON.stringify(name)}; there are ${known} and none`);
}
