// What lives here: createKeyring, which composes the rooms above into the three layers and their union.
// To add a layer or an option: keyring-options.ts checks it, Resolution carries it, explain-resolution.ts explains it.
// Must not be imported here: serve/ and cli/.

import type { DockerKeyring } from './create-keyring/docker-keyring.ts';
import { explainResolution } from './create-keyring/explain-resolution.ts';
import {
  checkOptions,
  checkPullSecrets,
  type KeyringOptions,
} from './create-keyring/keyring-options.ts';
import { createNodeLayer, type NodeLayer, type NodeState } from './create-keyring/node-layer.ts';
import {
  createProviderLayer,
  NOTHING_PROVIDED,
  type Provided,
  type ProviderLayer,
} from './create-keyring/provider-layer.ts';
import { credentialsOf, staticCredentials, type Resolution } from './create-keyring/resolution.ts';
import { toDockerConfigJson } from './credential/docker-config-json.ts';
import { ConfigError, type PullSecretError } from './errors.ts';
import { buildRegistryIndex, findKeys } from './keyring/registry-index.ts';
import {
  readPullSecretLayer,
  type PullSecretInput,
  type PullSecretLayer,
} from './kubernetes/pull-secret-layer.ts';
import type { CredentialProvider } from './providers/contract.ts';
import { completeReference, parseImageReference } from './reference/image-reference.ts';
import { abortable } from './system/deadline.ts';
import { publish } from './system/diagnostics.ts';
import { nodeSystem } from './system/node-system.ts';

/**
 * Makes a keyring. It does no I/O: files are read at the first lookup.
 *
 * @throws TypeError for an option that does not exist or has a wrong value.
 * @example
 * ```ts
 * const keyring = createKeyring({ pullSecrets: [secret] });
 * const credentials = await keyring.lookup('nginx');
 * ```
 */
export function createKeyring(options: KeyringOptions = {}): DockerKeyring {
  checkOptions(options);
  const system = options.system ?? nodeSystem;
  const onProblem = (problem: ConfigError | PullSecretError): void => {
    publishProblem(problem);
    options.onProblem?.(problem);
  };
  const shared: Shared = {
    options,
    onProblem,
    node: createNodeLayer(options, system, onProblem),
    providers: createProviderLayer(options, system),
  };
  return keyringOf(shared, options.pullSecrets ?? [], []);
}

/** What keyrings of different tenants have in common. */
interface Shared {
  readonly options: KeyringOptions;
  readonly onProblem: (problem: Problem) => void;
  readonly node: NodeLayer | undefined;
  readonly providers: ProviderLayer;
}

type Problem = ConfigError | PullSecretError;

/** A keyring's life. The flag says what the signal says, and is much faster to ask. */
interface Life {
  isClosed: boolean;
  readonly closing: AbortController;
}

/** @param ancestors - The lives of the keyrings that this one came from: it ends with any of them. */
function keyringOf(
  shared: Shared,
  inputs: readonly PullSecretInput[],
  ancestors: readonly Life[],
): DockerKeyring {
  const { options, node, providers } = shared;
  const { semantics = 'extended', pathMatching = 'prefix' } = options;
  const life: Life = { isClosed: false, closing: new AbortController() };
  const lives = [...ancestors, life];
  const pullSecrets = createPullSecretReader(shared, inputs);

  /** At once where nothing has to be waited for, so that a lookup costs one promise and not several. */
  function resolve(image: string, signal?: AbortSignal): Resolution | Promise<Resolution> {
    checkOpen();
    const { name } = completeReference(image);
    signal?.throwIfAborted();
    const secrets = pullSecrets.known();
    const state = node?.fresh();
    const asked = providers.providersFor(name);
    const mustWait =
      secrets === undefined || (node !== undefined && state === undefined) || asked.length > 0;
    return mustWait
      ? abortable([...lives.map(({ closing }) => closing.signal), signal], (either) =>
          resolveSlowly(name, asked, either),
        )
      : assemble(name, secrets, state, NOTHING_PROVIDED);
  }

  async function resolveSlowly(
    name: string,
    asked: readonly CredentialProvider[],
    signal: AbortSignal,
  ): Promise<Resolution> {
    const secrets = await pullSecrets.read();
    const state = node?.fresh() ?? (await node?.refresh());
    const provided = await providers.ask(asked, name, signal);
    return assemble(name, secrets, state, provided);
  }

  function assemble(
    name: string,
    layer: PullSecretLayer,
    state: NodeState | undefined,
    provided: Provided,
  ): Resolution {
    return {
      pullSecrets: { layer, found: findKeys(layer.index, name, pathMatching) },
      node:
        state === undefined
          ? undefined
          : { config: state.config, found: findKeys(state.index, name, pathMatching) },
      providers: provided,
    };
  }

  function checkOpen(): void {
    for (const { isClosed } of lives) if (isClosed) throw new TypeError('The keyring is closed');
  }

  const keyring: DockerKeyring = {
    async lookup(image, context) {
      const resolution = resolve(image, context?.signal);
      return credentialsOf(resolution instanceof Promise ? await resolution : resolution);
    },
    async explain(image, context) {
      const resolution = await resolve(image, context?.signal);
      const { providers: ready } = providers;
      const reference = parseImageReference(image);
      return explainResolution({
        image,
        reference,
        resolution,
        semantics,
        pathMatching,
        providers: ready,
      });
    },
    withPullSecrets(secrets) {
      checkOpen();
      checkPullSecrets('withPullSecrets', secrets);
      return keyringOf(shared, secrets, lives);
    },
    async toDockerConfig() {
      checkOpen();
      const secrets = await pullSecrets.read();
      const state = node?.fresh() ?? (await node?.refresh());
      return toDockerConfigJson(staticCredentials(secrets, state?.config));
    },
    async close() {
      life.isClosed = true;
      life.closing.abort(new TypeError('The keyring was closed'));
    },
    [Symbol.asyncDispose]: () => keyring.close(),
  };
  return keyring;
}

interface PullSecretReader {
  /** The layer, where it has been read. */
  known(): PullSecretLayer | undefined;
  /** The layer, read once. */
  read(): Promise<PullSecretLayer>;
}

function createPullSecretReader(
  { options, onProblem }: Shared,
  inputs: readonly PullSecretInput[],
): PullSecretReader {
  const { semantics, malformedPullSecrets: malformed = 'reject' } = options;
  let layer: PullSecretLayer | undefined = inputs.length === 0 ? EMPTY_LAYER : undefined;
  let reading: Promise<PullSecretLayer> | undefined;

  async function readAll(): Promise<PullSecretLayer> {
    const tokens = semantics !== 'kubelet';
    layer ??= await readPullSecretLayer(inputs, { tokens, malformed, onProblem });
    return layer;
  }

  return { known: () => layer, read: () => (reading ??= readAll()) };
}

const EMPTY_LAYER: PullSecretLayer = { secrets: [], index: buildRegistryIndex([]) };

function publishProblem(problem: Problem): void {
  const { message } = problem;
  publish(
    problem instanceof ConfigError
      ? { kind: 'config-problem', path: problem.path, message }
      : {
          kind: 'pull-secret-problem',
          namespace: problem.namespace,
          name: problem.secretName,
          message,
        },
  );
}
