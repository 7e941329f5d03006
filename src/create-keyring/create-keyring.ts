// What lives here: createKeyring, which composes the rooms above into the three layers and their union.
// To add a layer or an option: keyring-options.ts checks it, Resolution carries it, explain-resolution.ts explains it.
// Must not be imported here: serve/ and cli/.

import { orAbort } from '../util/abort.ts';
import { own } from '../util/own.ts';
import type { DockerKeyring, LookupContext } from './docker-keyring.ts';
import { explainResolution } from '../explain/explain-resolution.ts';
import { createLifecycle, type Lifecycle } from './lifecycle.ts';
import {
  checkPullSecrets,
  readKeyringOptions,
  readLookupContext,
  type KeyringOptions,
} from './keyring-options.ts';
import { createNodeLayer, type NodeLayer } from './node-layer.ts';
import type { NodeFinding } from '../explain/resolution.ts';
import { createProblemReporter, type ProblemReporter } from './problem-reporter.ts';
import { createProviderLayer, type Provided, type ProviderLayer } from './provider-layer.ts';
import { credentialsOf, staticCredentials } from './resolution.ts';
import type { Resolution } from '../explain/resolution.ts';
import type { Semantics } from '../config/search-paths.ts';
import { toDockerConfigJson } from '../credential/docker-config-json.ts';
import { buildRegistryIndex, findKeys } from '../keyring/registry-index.ts';
import {
  readPullSecretLayer,
  type PullSecretInput,
  type PullSecretLayer,
  type PullSecretLayerOptions,
} from '../kubernetes/secret/pull-secret-layer.ts';
import { createProviderAsker, type AskContext } from '../providers/asking/provider-asker.ts';
import { completeReference, parseImageReference } from '../reference/image-reference.ts';
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
  const reporter = createProblemReporter(options);
  // Not the providers': helpers are this machine's, and what they say goes to no store.
  const helpers = createProviderAsker({ system, onBackgroundFailure: reporter.report });
  const shared: Shared = {
    options,
    now: () => system.now(),
    report: reporter.report,
    node: createNodeLayer(options, system, { ...reporter, asker: helpers }),
    providers: createProviderLayer(options, system, reporter),
  };
  const end = (): void => {
    shared.providers.close();
    helpers.close();
  };
  return keyringOf(shared, options.pullSecrets ?? [], { lifecycle: createLifecycle(), end });
}

const NO_CONTEXT: LookupContext = own({});

type StaticLayers = Omit<Resolution, 'providers'>;

/** What keyrings of different tenants have in common. */
interface Shared {
  readonly options: KeyringOptions;
  readonly now: () => number;
  readonly report: ProblemReporter['report'];
  readonly node: NodeLayer | undefined;
  readonly providers: ProviderLayer;
}

/** @param end - What ends with the keyring beside its own work. */
function keyringOf(
  shared: Shared,
  inputs: readonly PullSecretInput[],
  { lifecycle, end }: { readonly lifecycle: Lifecycle; readonly end: () => void },
): DockerKeyring {
  const { options, node, providers } = shared;
  const { semantics = 'extended', pathMatching = 'prefix' } = options;
  const readers = createPullSecretReaders(shared, inputs);
  const pullSecrets = readers[semantics];

  /** At once where nothing has to be waited for, so that a lookup costs one promise and not several. */
  function resolve(image: string, context = NO_CONTEXT): Resolution | Promise<Resolution> {
    lifecycle.checkOpen();
    const { name } = completeReference(image);
    // A copy for each lookup would cost a good part of it.
    const given = context === NO_CONTEXT ? context : readLookupContext(context);
    const { signal, pod, refused = [], pullSecretSemantics = semantics } = given;
    signal?.throwIfAborted();
    const reader = readers[pullSecretSemantics];
    const known = refused.length === 0 ? knownStatic(name, reader) : undefined;
    const provided = known === undefined ? undefined : providers.known(name);
    if (known !== undefined && provided !== undefined) return withProviders(known, provided);
    return lifecycle.run(signal, (either) => {
      const askContext = { pod, refused, signal: either };
      return known === undefined
        ? resolveSlowly(name, reader, askContext)
        : providers.ask(name, askContext).then((asked) => withProviders(known, asked));
    });
  }

  /** The two static layers, where nothing has to be read or asked. */
  function knownStatic(name: string, reader: PullSecretReader): StaticLayers | undefined {
    const layer = reader.known();
    const state = node?.fresh();
    if (layer === undefined || (node !== undefined && state === undefined)) return undefined;
    const found = state && node?.known(state, name);
    if (state !== undefined && found === undefined) return undefined;
    return staticLayers(name, layer, found);
  }

  async function resolveSlowly(
    name: string,
    reader: PullSecretReader,
    context: AskContext,
  ): Promise<Resolution> {
    const layer = await orAbort(context.signal, reader.read());
    const [found, provided] = await Promise.all([
      findInNode(name, context),
      providers.ask(name, context),
    ]);
    return withProviders(staticLayers(name, layer, found), provided);
  }

  async function findInNode(name: string, context: AskContext): Promise<NodeFinding | undefined> {
    if (node === undefined) return undefined;
    const state = node.fresh() ?? (await orAbort(context.signal, node.refresh()));
    return node.ask(state, name, context);
  }

  function staticLayers(
    name: string,
    layer: PullSecretLayer,
    inNode: NodeFinding | undefined,
  ): StaticLayers {
    const found = findKeys(layer.index, name, pathMatching);
    return { pullSecrets: { layer, found }, node: inNode };
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
        nowMs: shared.now(),
      });
    },
    withPullSecrets(secrets) {
      lifecycle.checkOpen();
      checkPullSecrets('withPullSecrets', secrets);
      // What is shared ends with the keyring that it was made for.
      return keyringOf(shared, secrets, { lifecycle: lifecycle.child(), end: () => {} });
    },
    async toDockerConfig() {
      lifecycle.checkOpen();
      const secrets = await pullSecrets.read();
      const state = node?.fresh() ?? (await node?.refresh());
      return toDockerConfigJson(staticCredentials(secrets, state?.config));
    },
    async close() {
      lifecycle.close();
      end();
    },
    [Symbol.asyncDispose]: () => keyring.close(),
  };
  return keyring;
}

function withProviders({ pullSecrets, node }: StaticLayers, providers: Provided): Resolution {
  return { pullSecrets, node, providers };
}

interface PullSecretReader {
  /** The layer, where it has been read. */
  known(): PullSecretLayer | undefined;
  /** The layer, read once. */
  read(): Promise<PullSecretLayer>;
}

/** The same secrets by either rules. What is wrong with them is told by the one that is first to read them. */
function createPullSecretReaders(
  { options, report }: Shared,
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
        if (teller === semantics) report(problem);
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
