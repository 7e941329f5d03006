// What lives here: createKeyring, which composes the rooms above into the three layers and their union.
// To add a layer or an option: keyring-options.ts checks it, Resolution carries it, explain-resolution.ts explains it.
// Must not be imported here: serve/ and cli/.

import { own } from '../util/own.ts';
import type { DockerKeyring, LookupContext } from './docker-keyring.ts';
import { explainResolution } from '../explain/explain-resolution.ts';
import { beginLife, type Life } from './lifecycle.ts';
import { checkPullSecrets, readKeyringOptions, type KeyringOptions } from './keyring-options.ts';
import { createNodeLayer, type NodeLayer } from './node-layer.ts';
import type { NodeFinding } from '../explain/resolution.ts';
import { createFailureReporter } from './failure-reporter.ts';
import { createProviderLayer, type Provided, type ProviderLayer } from './provider-layer.ts';
import { credentialsOf, staticCredentials } from './resolution.ts';
import type { Resolution } from '../explain/resolution.ts';
import type { Semantics } from '../config/search-paths.ts';
import { toDockerConfigJson } from '../credential/docker-config-json.ts';
import { ConfigError, type PullSecretError } from '../errors.ts';
import { buildRegistryIndex, findKeys } from '../keyring/registry-index.ts';
import {
  readPullSecretLayer,
  type PullSecretInput,
  type PullSecretLayer,
  type PullSecretLayerOptions,
} from '../kubernetes/secret/pull-secret-layer.ts';
import { createProviderAsker, type AskContext } from '../providers/asking/provider-asker.ts';
import { completeReference, parseImageReference } from '../reference/image-reference.ts';
import { publish } from '../system/diagnostics.ts';
import { nodeSystem } from '../system/node-system.ts';

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
  return keyringWith(readKeyringOptions(options));
}

function keyringWith(options: KeyringOptions): DockerKeyring {
  const system = options.system ?? nodeSystem;
  const onProblem = (problem: ConfigError | PullSecretError): void => {
    publishProblem(problem);
    options.onProblem?.(problem);
  };
  const reporter = createFailureReporter(options);
  // Not the providers': helpers are this machine's, and what they say goes to no store.
  const helpers = createProviderAsker({ system, onBackgroundFailure: reporter.tell });
  const hooks = { onProblem, report: reporter.report, asker: helpers };
  const shared: Shared = {
    options,
    onProblem,
    node: createNodeLayer(options, system, hooks),
    providers: createProviderLayer(options, system, reporter),
  };
  const end = (): void => {
    shared.providers.close();
    helpers.close();
  };
  return keyringOf(shared, options.pullSecrets ?? [], { life: beginLife(), end });
}

const NO_CONTEXT: LookupContext = own({});

/** What keyrings of different tenants have in common. */
interface Shared {
  readonly options: KeyringOptions;
  readonly onProblem: (problem: Problem) => void;
  readonly node: NodeLayer | undefined;
  readonly providers: ProviderLayer;
}

type Problem = ConfigError | PullSecretError;

/** @param end - What ends with the keyring beside its own work. */
function keyringOf(
  shared: Shared,
  inputs: readonly PullSecretInput[],
  { life, end }: { readonly life: Life; readonly end: () => void },
): DockerKeyring {
  const { options, node, providers } = shared;
  const { semantics = 'extended', pathMatching = 'prefix' } = options;
  const readers = createPullSecretReaders(shared, inputs);
  const pullSecrets = readers[semantics];

  /** At once where nothing has to be waited for, so that a lookup costs one promise and not several. */
  function resolve(image: string, context = NO_CONTEXT): Resolution | Promise<Resolution> {
    life.checkOpen();
    const { name } = completeReference(image);
    // A copy for each lookup would cost a good part of it.
    const given = context === NO_CONTEXT ? context : own(context);
    const { signal, pod, refused = [], pullSecretSemantics = semantics } = given;
    signal?.throwIfAborted();
    const reader = readers[pullSecretSemantics];
    const known = refused.length === 0 ? resolveAtOnce(name, reader) : undefined;
    if (known !== undefined) return known;
    return life.during(signal, (either) =>
      resolveSlowly(name, reader, { pod, refused, signal: either }),
    );
  }

  /** `undefined` where something has to be read or asked. */
  function resolveAtOnce(name: string, reader: PullSecretReader): Resolution | undefined {
    const secrets = reader.known();
    const state = node?.fresh();
    if (secrets === undefined || (node !== undefined && state === undefined)) return undefined;
    const found = state && node?.known(state, name);
    if (state !== undefined && found === undefined) return undefined;
    const provided = providers.known(name);
    return provided === undefined ? undefined : assemble(name, secrets, found, provided);
  }

  async function resolveSlowly(
    name: string,
    reader: PullSecretReader,
    context: AskContext,
  ): Promise<Resolution> {
    const secrets = await reader.read();
    const [found, provided] = await Promise.all([
      findInNode(name, context),
      providers.ask(name, context),
    ]);
    return assemble(name, secrets, found, provided);
  }

  async function findInNode(name: string, context: AskContext): Promise<NodeFinding | undefined> {
    if (node === undefined) return undefined;
    const state = node.fresh() ?? (await node.refresh());
    return node.ask(state, name, context);
  }

  function assemble(
    name: string,
    layer: PullSecretLayer,
    found: NodeFinding | undefined,
    provided: Provided,
  ): Resolution {
    return {
      pullSecrets: { layer, found: findKeys(layer.index, name, pathMatching) },
      node: found,
      providers: provided,
    };
  }

  const keyring: DockerKeyring = {
    async lookup(image, context) {
      const resolution = resolve(image, context);
      return credentialsOf(resolution instanceof Promise ? await resolution : resolution);
    },
    async explain(image, context) {
      const resolution = await resolve(image, context);
      const reference = parseImageReference(image);
      return explainResolution({
        image,
        reference,
        resolution,
        semantics,
        pathMatching,
      });
    },
    withPullSecrets(secrets) {
      life.checkOpen();
      checkPullSecrets('withPullSecrets', secrets);
      // What is shared ends with the keyring that it was made for.
      return keyringOf(shared, secrets, { life: life.beget(), end: () => {} });
    },
    async toDockerConfig() {
      life.checkOpen();
      const secrets = await pullSecrets.read();
      const state = node?.fresh() ?? (await node?.refresh());
      return toDockerConfigJson(staticCredentials(secrets, state?.config));
    },
    async close() {
      life.end();
      end();
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

/** The same secrets by either rules. What is wrong with them is told by the one that is first to read them. */
function createPullSecretReaders(
  { options, onProblem }: Shared,
  inputs: readonly PullSecretInput[],
): Readonly<Record<Semantics, PullSecretReader>> {
  const { malformedPullSecrets: malformed = 'reject' } = options;
  let teller: Semantics | undefined;
  const readerFor = (semantics: Semantics): PullSecretReader =>
    createPullSecretReader(inputs, {
      tokens: semantics === 'extended',
      malformed,
      onProblem(problem) {
        teller ??= semantics;
        if (teller === semantics) onProblem(problem);
      },
    });
  return { extended: readerFor('extended'), kubelet: readerFor('kubelet') };
}

function createPullSecretReader(
  inputs: readonly PullSecretInput[],
  options: PullSecretLayerOptions,
): PullSecretReader {
  let layer: PullSecretLayer | undefined = inputs.length === 0 ? EMPTY_LAYER : undefined;
  let reading: Promise<PullSecretLayer> | undefined;

  async function readAll(): Promise<PullSecretLayer> {
    layer ??= await readPullSecretLayer(inputs, options);
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
