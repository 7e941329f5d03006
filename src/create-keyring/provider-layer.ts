// The third layer: providers, asked for the images that they are for.

import { buildRegistryIndex, findKeys } from '../keyring/registry-index.ts';
import { createFleet, type Fleet } from '../providers/cache/store/fleet.ts';
import type { CredentialProvider } from '../providers/contract.ts';
import {
  createProviderAsker,
  type AskContext,
  type ProviderAnswer,
} from '../providers/provider-asker.ts';
import { createProviderIndex, type ProviderIndex } from '../providers/provider-index.ts';
import { responseEntries } from '../providers/response-entries.ts';
import { publish } from '../system/diagnostics.ts';
import type { System } from '../system/system.ts';
import { defaultProviders } from './default-providers.ts';
import type { FailureReporter } from './failure-reporter.ts';
import type { KeyringOptions } from './keyring-options.ts';
import type { FoundKeys } from './resolution.ts';

/** What the providers found. */
export interface Provided {
  readonly answers: readonly ProviderAnswer[];
  readonly found: FoundKeys;
}

/** The third layer. */
export interface ProviderLayer extends ProviderIndex {
  /** What is known without asking; `undefined` where one of them must be asked. */
  known(asked: readonly CredentialProvider[], name: string): Provided | undefined;
  /** Asks some of them. Rejects when the signal does, and with a failure where the options want that. */
  ask(asked: readonly CredentialProvider[], name: string, context: AskContext): Promise<Provided>;
  /** Ends timers and calls. */
  close(): void;
}

/** What no provider was asked for. */
const NOTHING_PROVIDED: Provided = { answers: [], found: [] };

/** Makes the layer. */
export function createProviderLayer(
  options: KeyringOptions,
  system: System,
  { tell, report }: FailureReporter,
): ProviderLayer {
  const { semantics = 'extended', pathMatching = 'prefix', logger } = options;
  const providers = options.providers ?? defaultProviders(system);
  const asker = createProviderAsker({
    system,
    keepFresh: options.keepFresh,
    getServiceAccountToken: options.getServiceAccountToken,
    logger,
    fleet: fleetOf(options, system),
    onBackgroundFailure: tell,
  });
  for (const { name } of providers) {
    logger?.debug({ provider: name }, 'Registering credential provider');
  }

  function assemble(answers: readonly ProviderAnswer[], name: string): Provided {
    const entries = answers.flatMap((one) => responseEntries(one, semantics === 'extended'));
    return { answers, found: findKeys(buildRegistryIndex(entries), name, pathMatching) };
  }

  return {
    ...createProviderIndex(providers),
    known(asked, name) {
      if (asked.length === 0) return NOTHING_PROVIDED;
      const answers: ProviderAnswer[] = [];
      for (const provider of asked) {
        const answer = asker.known(provider, name);
        if (answer === undefined) return undefined;
        answers.push(answer);
      }
      report(answers);
      return assemble(answers, name);
    },
    async ask(asked, name, context) {
      const asking = asked.map((provider) => asker.ask(provider, name, context));
      const answers = await Promise.all(asking);
      report(answers);
      return assemble(answers, name);
    },
    close: () => asker.close(),
  };
}

function fleetOf({ store, storeKeys = [] }: KeyringOptions, system: System): Fleet | undefined {
  if (store === undefined) return undefined;
  return createFleet({ system, store, keys: storeKeys, onProblem: publishStoreProblem });
}

function publishStoreProblem(message: string): void {
  publish({ kind: 'store-problem', message });
}
