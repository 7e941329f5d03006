// The third layer: providers, asked for the images that they are for.

import { ProviderError } from '../errors.ts';
import { buildRegistryIndex, findKeys } from '../keyring/registry-index.ts';
import {
  askProviders,
  providersFor,
  readyProvider,
  responseEntries,
  type ProviderAnswer,
  type ReadyProvider,
} from '../providers/ask-providers.ts';
import type { CredentialProvider } from '../providers/contract.ts';
import { publish } from '../system/diagnostics.ts';
import type { System } from '../system/system.ts';
import type { KeyringOptions } from './keyring-options.ts';
import type { FoundKeys } from './resolution.ts';

/** What the providers found. */
export interface Provided {
  readonly answers: readonly ProviderAnswer[];
  readonly found: FoundKeys;
}

/** The third layer. */
export interface ProviderLayer {
  readonly providers: readonly ReadyProvider[];
  /** Those that are for an image. */
  providersFor(name: string): readonly CredentialProvider[];
  /** Asks some of them. Rejects when the signal does, and with a failure where the options want that. */
  ask(asked: readonly CredentialProvider[], name: string, signal: AbortSignal): Promise<Provided>;
}

/** What no provider was asked for. */
export const NOTHING_PROVIDED: Provided = { answers: [], found: [] };

/** Makes the layer. */
export function createProviderLayer(options: KeyringOptions, system: System): ProviderLayer {
  const { semantics = 'extended', pathMatching = 'prefix', onProviderError } = options;
  const providers = (options.providers ?? []).map(readyProvider);
  return {
    providers,
    providersFor: (name) => providersFor(providers, name),
    async ask(asked, name, signal) {
      const answers = await askProviders(system, asked, name, signal);
      for (const answer of answers) {
        if ('error' in answer) report(answer.error, onProviderError);
      }
      const entries = answers.flatMap((one) => responseEntries(one, semantics === 'extended'));
      return { answers, found: findKeys(buildRegistryIndex(entries), name, pathMatching) };
    },
  };
}

function report(error: ProviderError, onProviderError: KeyringOptions['onProviderError']): void {
  const { provider, image, code, message } = error;
  publish({ kind: 'provider-failed', provider, image, code, message });
  if (onProviderError === 'throw') throw error;
  onProviderError?.(error);
}
