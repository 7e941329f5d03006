// The providers of a keyring that was told none: those of the three clouds.

import { acr } from '../providers/acr/acr.ts';
import type { CredentialProvider } from '../providers/contract.ts';
import { ecr } from '../providers/ecr/ecr.ts';
import { gcr } from '../providers/gcr/gcr.ts';
import type { System } from '../system/system.ts';

/** Makes them; they do nothing before an image of their cloud is looked up. */
export function defaultProviders(system: System): readonly CredentialProvider[] {
  return [ecr({ system }), gcr({ system }), acr({ system })];
}
