// The third layer: providers, asked for the images that they are for.

import { own } from '../util/own.ts';
import type { ProviderError } from '../errors.ts';
import { buildRegistryIndex, findKeys } from '../keyring/registry-index.ts';
import { createFleet } from '../shared-cache/fleet.ts';
import type { Fleet } from '../providers/cache/fleet.ts';
import type { CredentialProvider } from '../providers/contract.ts';
import { failureOf } from '../providers/asking/failure-of.ts';
import {
  createProviderAsker,
  type AskContext,
  type ProviderAnswer,
} from '../providers/asking/provider-asker.ts';
import { responseEntries } from '../providers/asking/response-entries.ts';
import { createSecretMemory } from '../util/redaction/secret-memory.ts';
import { publish } from '../system/diagnostics.ts';
import type { System } from '../system/system.ts';
import { defaultProviders } from './default-providers.ts';
import type { FailureReporter } from './failure-reporter.ts';
import type { KeyringOptions } from './keyring-options.ts';
import { createProviderSources, type FailedSet } from './provider-sources.ts';
import type { FoundKeys } from '../explain/resolution.ts';

/** What the providers found. */
export interface Provided {
  /** All that there are, those that were not asked included. */
  readonly providers: readonly CredentialProvider[];
  readonly answers: readonly ProviderAnswer[];
  readonly found: FoundKeys;
}

/** The third layer. */
export interface ProviderLayer {
  /** What is known without asking; `undefined` where something must be read or asked. */
  known(name: string): Provided | undefined;
  /** Asks those that are for an image. Rejects when the signal does, and with a failure where the options want that. */
  ask(name: string, context: AskContext): Promise<Provided>;
  /** Ends timers and calls. */
  close(): void;
}

const NOTHING_FOUND: FoundKeys = [];

/** Makes the layer. */
export function createProviderLayer(
  options: KeyringOptions,
  system: System,
  { tell, report }: FailureReporter,
): ProviderLayer {
  const { semantics = 'extended', pathMatching = 'prefix', logger } = options;
  const all = options.providers ?? defaultProviders(system);
  const sources = createProviderSources(all);
  const failureOfSet = rememberFailures();
  const asker = createProviderAsker({
    system,
    keepFresh: options.keepFresh,
    getServiceAccountToken: options.getServiceAccountToken,
    logger,
    fleet: fleetOf(options, system),
    onBackgroundFailure: tell,
  });
  for (const { name } of all) {
    logger?.debug({ provider: name }, 'Registering credential provider');
  }

  function assemble(
    providers: readonly CredentialProvider[],
    answers: readonly ProviderAnswer[],
    name: string,
  ): Provided {
    if (answers.length === 0) return { providers, answers, found: NOTHING_FOUND };
    report(answers);
    const entries = answers.flatMap((one) => responseEntries(one, semantics === 'extended'));
    return { providers, answers, found: findKeys(buildRegistryIndex(entries), name, pathMatching) };
  }

  return {
    known(name) {
      const current = sources.known();
      if (current === undefined) return undefined;
      const answers: ProviderAnswer[] = [];
      for (const provider of current.index.providersFor(name)) {
        const answer = asker.known(provider, name);
        if (answer === undefined) return undefined;
        answers.push(answer);
      }
      return assemble(current.index.providers, answers, name);
    },
    async ask(name, context) {
      const { index, failed } = await sources.read(context.signal);
      const asking = index.providersFor(name).map((one) => asker.ask(one, name, context));
      const failures = failed.map((one) => failureOfSet(one, name));
      return assemble(index.providers, [...(await Promise.all(asking)), ...failures], name);
    },
    close: () => asker.close(),
  };
}

/** The same failure of a set is the same error, so that it is told once and not at each lookup. */
function rememberFailures(): (failed: FailedSet, image: string) => ProviderAnswer {
  const secrets = createSecretMemory();
  const last = new Map<CredentialProvider, ProviderError>();
  return ({ provider, error }, image) => {
    const failure = failureOf({ provider, image }, error, secrets);
    const known = last.get(provider);
    const isSame = known !== undefined && messageOf(known) === messageOf(failure);
    if (!isSame) last.set(provider, failure);
    return own({ provider, error: isSame ? known : failure, retryInMs: 0 });
  };
}

/** Without the image, which differs from lookup to lookup. */
function messageOf({ message, image }: ProviderError): string {
  return message.replace(image, '');
}

function fleetOf({ store, storeKeys = [] }: KeyringOptions, system: System): Fleet | undefined {
  if (store === undefined) return undefined;
  return createFleet({ system, store, keys: storeKeys, onProblem: publishStoreProblem });
}

function publishStoreProblem(message: string): void {
  publish({ kind: 'store-problem', message });
}
