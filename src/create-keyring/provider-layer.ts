// The third layer: providers, asked for the images that they are for.

import { own, has } from '../util/own.ts';
import { createRemember, createTextRemember } from '../util/remember.ts';
import type { ProviderError } from '../errors.ts';
import type { KeyringEntry } from '../keyring/entry.ts';
import { buildRegistryIndex, findKeys, type RegistryIndex } from '../keyring/registry-index.ts';
import { createFleet } from '../shared-cache/fleet.ts';
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
import type { ProblemReporter } from './problem-reporter.ts';
import type { KeyringOptions } from './keyring-options.ts';
import {
  createProviderSources,
  type CurrentProviders,
  type FailedSet,
} from './provider-sources.ts';
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
/** For more images than these, what was found is found anew in what is cached. */
const MAX_IMAGES_AT_HAND = 1000;

/** Makes the layer. */
export function createProviderLayer(
  options: KeyringOptions,
  system: System,
  { report, reportFailures }: ProblemReporter,
): ProviderLayer {
  const { semantics = 'extended', pathMatching = 'prefix', sharedCache } = options;
  const all = options.providers ?? defaultProviders(system);
  const sources = createProviderSources(all);
  const failureOfSet = rememberFailures();
  const indexOf = createRemember<RegistryIndex<KeyringEntry>>();
  const ofImage = createTextRemember<Provided>(MAX_IMAGES_AT_HAND);
  const asker = createProviderAsker({
    system,
    keepFresh: options.keepFresh,
    getServiceAccountToken: options.getServiceAccountToken,
    fleet: sharedCache && createFleet({ system, ...sharedCache }),
    onBackgroundFailure: report,
  });
  for (const { name: provider } of all) {
    publish({ kind: 'provider-registered', provider, message: 'Registering credential provider' });
  }

  /** A lookup of what is cached would take several times as long if it assembled the same again. */
  function assemble(
    providers: readonly CredentialProvider[],
    answers: readonly ProviderAnswer[],
    name: string,
  ): Provided {
    reportFailures(answers);
    return ofImage(name, [providers, ...answers], () => {
      const found = findIn(
        answers.filter((one) => has(one, 'response')),
        name,
      );
      return { providers, answers, found };
    });
  }

  function findIn(answers: readonly ProviderAnswer[], name: string): FoundKeys {
    const [first] = answers;
    if (first === undefined) return NOTHING_FOUND;
    // One for all images that the answers are for.
    const index = indexOf(first, answers, () =>
      buildRegistryIndex(answers.flatMap((one) => responseEntries(one, semantics === 'extended'))),
    );
    return findKeys(index, name, pathMatching);
  }

  function askAll(
    { index, failed }: CurrentProviders,
    name: string,
    context: AskContext,
  ): Promise<Provided> {
    const { providers } = index;
    const asking = index.providersFor(name).map((one) => asker.ask(one, name, context));
    const failures = failed.map((one) => failureOfSet(one, name));
    const [first] = asking;
    // Thousands may wait for one: `Promise.all` takes as much memory as all the rest of a lookup.
    return asking.length === 1 && first !== undefined
      ? first.then((answer) => assemble(providers, [answer, ...failures], name))
      : Promise.all(asking).then((found) => assemble(providers, [...found, ...failures], name));
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
    ask(name, context) {
      const current = sources.known();
      return current === undefined
        ? sources.read(context.signal).then((read) => askAll(read, name, context))
        : askAll(current, name, context);
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
