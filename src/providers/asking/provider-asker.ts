// Asks one provider for one image: through the cache, on behalf of a pod where the provider wants that, and so that
// whatever a provider does wrong costs nothing but its own answer.

import { setBounded } from '../../util/evict-oldest.ts';
import { given, own, has } from '../../util/own.ts';
import { createSecretMemory, type SecretMemory } from '../../util/redaction/secret-memory.ts';
import type { Credential } from '../../credential/credential.ts';
import type { ProviderError } from '../../errors.ts';
import { withDeadline } from '../../system/deadline.ts';
import type { System } from '../../system/system.ts';
import type { Fleet } from '../cache/fleet.ts';
import { createFreshCache, type Loaded, type Question, type Served } from '../cache/fresh-cache.ts';
import { questionKeys, scopeKey, type Reach } from '../cache/question-keys.ts';
import type {
  CredentialProvider,
  CredentialResponse,
  GetServiceAccountToken,
  PodContext,
  ServiceAccountTokenAttributes,
} from '../contract.ts';
import {
  askProvider,
  DEADLINE_MS,
  expiryOf,
  responseFor,
  type Asked,
  type AskOptions,
} from './ask-provider.ts';
import { holdsRefused } from './check-response.ts';
import { failureOf } from './failure-of.ts';
import { identityFor, NOBODY, type Identity, type NotAsked } from './identity.ts';

/** What one provider did. */
export type ProviderAnswer =
  | {
      readonly provider: CredentialProvider;
      readonly response: CredentialResponse | undefined;
      readonly identity: Identity;
      readonly from: 'cache' | 'source';
    }
  | {
      readonly provider: CredentialProvider;
      readonly error: ProviderError;
      /** When it is asked again at the earliest. */
      readonly retryInMs: number;
    }
  | { readonly provider: CredentialProvider; readonly notAsked: string };

/** For whom, and for how long. */
export interface AskContext {
  readonly pod?: PodContext | undefined;
  readonly signal: AbortSignal;
  /** What a registry has refused: a kept answer that holds one of these is asked for again. */
  readonly refused?: readonly Credential[] | undefined;
}

/** Asks providers, and remembers what they answered. */
export interface ProviderAsker {
  /** What can be said at once, since it is remembered. */
  known(provider: CredentialProvider, image: string): ProviderAnswer | undefined;
  /** Rejects only when the signal does. */
  ask(provider: CredentialProvider, image: string, context: AskContext): Promise<ProviderAnswer>;
  /** Ends timers and calls. */
  close(): void;
}

/** What an asker works with. */
export interface ProviderAskerOptions {
  readonly system: Pick<System, 'now' | 'monotonicMs' | 'random' | 'setTimer'>;
  readonly keepFresh?: boolean | undefined;
  readonly getServiceAccountToken?: GetServiceAccountToken | undefined;
  /** Shares answers with other processes. */
  readonly fleet?: Fleet | undefined;
  /** Is told of a failure that no lookup waits for. */
  readonly onBackgroundFailure: (error: ProviderError) => void;
}

/** For more images than these, questions and answers are made anew from what is cached. */
const MAX_IMAGES_AT_HAND = 1000;

/** What is cached. */
interface Cached {
  readonly response: CredentialResponse | undefined;
  /** What was made of it for images, asked for nobody: the same object at each lookup. */
  readonly answers: Readonly<Record<'cache' | 'source', Map<string, ProviderAnswer>>>;
}

/** A question, and what it depends on. */
interface PreparedQuestion extends Question<Cached> {
  readonly declared: string | undefined;
  readonly learned: Reach | undefined;
}

interface ProviderState {
  readonly id: number;
  readonly secrets: SecretMemory;
  /** By image. */
  readonly prepared: Map<string, PreparedQuestion>;
  learned?: Reach;
}

/** Makes an asker with an empty cache. */
export function createProviderAsker(options: ProviderAskerOptions): ProviderAsker {
  const {
    system,
    fleet,
    keepFresh = false,
    getServiceAccountToken: defaultGetToken,
    onBackgroundFailure,
  } = own(options);
  const cache = createFreshCache<Cached, ProviderError>({ system, keepFresh });
  // Weak, since a set's providers come and go.
  const states = new WeakMap<CredentialProvider, ProviderState>();
  let stateCount = 0;

  function stateOf(provider: CredentialProvider): ProviderState {
    let state = states.get(provider);
    if (state === undefined) {
      state = { id: stateCount, secrets: createSecretMemory(), prepared: new Map() };
      stateCount += 1;
      states.set(provider, state);
    }
    return state;
  }

  function prepare(
    asked: Asked,
    declared: string | undefined,
    refused: readonly Credential[],
  ): PreparedQuestion {
    const { provider, image, identity } = asked;
    const { id, learned } = stateOf(provider);
    const prefix = `${id} ${identity.key}\n`;
    const { keys, ownKey, callKey } = questionKeys({ prefix, image, declared, learned });
    const isRefused =
      refused.length === 0
        ? undefined
        : (response: CredentialResponse | undefined) =>
            holdsRefused(responseFor(asked, response), refused);
    return {
      keys,
      ownKey,
      callKey,
      declared,
      learned,
      isRefused: isRefused && (({ response }: Cached) => isRefused(response)),
      load: ({ signal, isBackground }) =>
        load(asked, { signal, isBackground, isRefused }, (reach) =>
          declared === undefined ? scopeKey(prefix, image, reach) : ownKey,
        ),
    };
  }

  async function load(
    asked: Asked,
    asking: AskOptions,
    keyOf: (reach: Reach) => string,
  ): Promise<Loaded<Cached>> {
    const { provider } = asked;
    const state = stateOf(provider);
    try {
      const received = await askProvider({ system, fleet, secrets: state.secrets }, asked, asking);
      const { response } = received;
      if (response !== undefined) state.learned = response.cacheKeyType;
      const key = keyOf(response?.cacheKeyType ?? 'Image');
      return { ...expiryOf(provider, received), value: cachedOf(response), key };
    } catch (error) {
      asking.signal.throwIfAborted();
      if (asking.isBackground) onBackgroundFailure(error as ProviderError);
      throw error;
    }
  }

  async function identify(
    attributes: ServiceAccountTokenAttributes,
    provider: CredentialProvider,
    { pod, signal }: AskContext,
  ): Promise<Identity | NotAsked> {
    const getToken = given(provider, 'getServiceAccountToken') ?? defaultGetToken;
    const deadline = { operation: 'getServiceAccountToken', timeoutMs: DEADLINE_MS, signal };
    return withDeadline(system, deadline, (either) =>
      identityFor(attributes, { pod, getToken, signal: either }),
    );
  }

  /** Nobody's question is the same as before, unless the provider says something else of its answers' reach. */
  function questionFor(asked: Asked, refused: readonly Credential[] = []): Question<Cached> {
    const { provider, image, identity } = asked;
    const declared = given(provider, 'cacheScope')?.call(provider, image);
    if (identity !== NOBODY || refused.length > 0) return prepare(asked, declared, refused);
    const { prepared, learned } = stateOf(provider);
    const before = prepared.get(image);
    if (before !== undefined && before.learned === learned && before.declared === declared) {
      return before;
    }
    const question = prepare(asked, declared, refused);
    setBounded(prepared, MAX_IMAGES_AT_HAND, [image, question]);
    return question;
  }

  function answerOf(asked: Asked, served: Served<Cached, ProviderError>): ProviderAnswer {
    const { provider, image, identity } = asked;
    if (served.from === 'failure') {
      return own({ provider, error: served.error, retryInMs: served.retryInMs });
    }
    const { value, from } = served;
    const make = (): ProviderAnswer =>
      own({ provider, response: responseFor(asked, value.response), identity, from });
    if (identity !== NOBODY) return make();
    const variant = given(provider, 'forImage') === undefined ? '' : image;
    const known = value.answers[from].get(variant);
    if (known !== undefined) return known;
    const answer = make();
    setBounded(value.answers[from], MAX_IMAGES_AT_HAND, [variant, answer]);
    return answer;
  }

  /** No async function: thousands may wait here. Rejects only when the signal does, and throws what the provider throws. */
  function askAs(asked: Asked, { refused, signal }: AskContext): Promise<ProviderAnswer> {
    return cache.get(questionFor(asked, refused), signal).then((served) => {
      try {
        return answerOf(asked, served);
      } catch (error) {
        return failed(asked.provider, asked.image, error);
      }
    });
  }

  async function askForPod(
    attributes: ServiceAccountTokenAttributes,
    { provider, image }: Omit<Asked, 'identity'>,
    context: AskContext,
  ): Promise<ProviderAnswer> {
    try {
      const identity = await identify(attributes, provider, context);
      if (has(identity, 'reason')) return own({ provider, notAsked: identity.reason });
      return await askAs({ provider, image, identity }, context);
    } catch (error) {
      context.signal.throwIfAborted();
      return failed(provider, image, error);
    }
  }

  function failed(provider: CredentialProvider, image: string, error: unknown): ProviderAnswer {
    const { secrets } = stateOf(provider);
    return own({ provider, error: failureOf({ provider, image }, error, secrets), retryInMs: 0 });
  }

  return {
    known(provider, image) {
      if (given(provider, 'tokenAttributes') !== undefined) return undefined;
      try {
        const skipped = skippedAnswer(provider);
        if (skipped !== undefined) return skipped;
        const asked = { provider, image, identity: NOBODY };
        const served = cache.peek(questionFor(asked));
        return served === undefined ? undefined : answerOf(asked, served);
      } catch (error) {
        return failed(provider, image, error);
      }
    },
    ask(provider, image, context) {
      try {
        const skipped = skippedAnswer(provider);
        if (skipped !== undefined) return Promise.resolve(skipped);
        const attributes = given(provider, 'tokenAttributes');
        return attributes === undefined
          ? askAs({ provider, image, identity: NOBODY }, context)
          : askForPod(attributes, { provider, image }, context);
      } catch (error) {
        return Promise.resolve(failed(provider, image, error));
      }
    },
    close() {
      cache.close();
      fleet?.close();
    },
  };
}

/** The answer of a provider that has nothing for any image at present. */
function skippedAnswer(provider: CredentialProvider): ProviderAnswer | undefined {
  const notAsked = given(provider, 'skipReason')?.call(provider);
  return notAsked === undefined ? undefined : own({ provider, notAsked });
}

function cachedOf(response: CredentialResponse | undefined): Cached {
  return { response, answers: { cache: new Map(), source: new Map() } };
}
