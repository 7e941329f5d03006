// Asks the credential helpers that configuration files name: each is a provider that only its file has.

import type { CredentialHelperOptions } from '../config/search-paths.ts';
import type { ConsultedHelper } from '../explain/explain-node.ts';
import { getOrAdd } from '../util/get-or-add.ts';
import type { CredentialProvider, CredentialResponseEntry } from '../providers/contract.ts';
import {
  HELPER_CACHE_MS,
  HELPER_TIMEOUT_MS,
  helperProvider,
} from '../providers/docker-helper/helper-provider.ts';
import type { ProviderAnswer } from '../providers/asking/provider-asker.ts';
import type { System } from '../system/system.ts';
import type { HelperUse } from './helper-files.ts';

/** What came of one helper. */
export interface AskedHelper {
  readonly consulted: ConsultedHelper;
  readonly entry: CredentialResponseEntry | undefined;
}

/** Makes the providers of helpers: the same ones for as long as the node layer lives, since caches know them. */
export function createHelperProviders(
  system: Pick<System, 'run'>,
  { cacheDurationMs = HELPER_CACHE_MS, timeoutMs = HELPER_TIMEOUT_MS }: CredentialHelperOptions,
): (use: HelperUse) => CredentialProvider {
  const providers = new Map<string, CredentialProvider>();
  return ({ path, helper }) => {
    const name = `docker-credential-${helper} (${path})`;
    return getOrAdd(providers, name, () =>
      helperProvider(system, {
        name,
        helper,
        matchImages: [],
        remedy: `take it out of "credsStore" and "credHelpers" in ${path}`,
        cacheDurationMs,
        timeoutMs,
      }),
    );
  };
}

/** Reads a helper's answer. */
export function askedHelper(use: HelperUse, answer: ProviderAnswer): AskedHelper {
  if ('error' in answer) {
    const outcome = { failure: answer.error.message };
    return { consulted: { ...use, outcome, isRemembered: false }, entry: undefined };
  }
  // Helpers know nothing of pods, so that none is left out for the sake of one.
  const { response, from } = answer as Extract<ProviderAnswer, { readonly from: string }>;
  const [entry] = Object.values(response?.auth ?? {});
  const outcome = entry === undefined ? 'nothing' : 'credentials';
  return { consulted: { ...use, outcome, isRemembered: from === 'cache' }, entry };
}
