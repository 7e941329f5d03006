// The second layer: the node's Docker configuration, indexed once for all keyrings that share it, and the credential
// helpers that it names.

import { own } from '../util/own.ts';
import { createRemember } from '../util/remember.ts';
import { createNodeConfigReader, type NodeConfig } from '../config/node-config.ts';
import { configCandidates, type DockerConfigOptions } from '../config/search-paths.ts';
import type { NodeEntry, NodeFinding } from '../explain/resolution.ts';
import { buildRegistryIndex, findKeys, type IndexedEntry } from '../keyring/registry-index.ts';
import type {
  AskContext,
  ProviderAnswer,
  ProviderAsker,
} from '../providers/asking/provider-asker.ts';
import type { System } from '../system/system.ts';
import { askedHelper, createHelperProviders, mergeHelpers, type NodeFiles } from './ask-helpers.ts';
import { helperFiles, helpersFor, type HelperFile, type HelperUse } from './helper-files.ts';
import type { KeyringOptions } from './keyring-options.ts';
import type { ProblemReporter } from './problem-reporter.ts';

/** The node's configuration at one moment. */
interface NodeState extends NodeFiles {
  readonly helperFiles: readonly HelperFile[];
}

/** The second layer. */
export interface NodeLayer {
  /** The state, where it is known without a look at the files. */
  fresh(): NodeState | undefined;
  /** The state after a look at the files. */
  refresh(): Promise<NodeState>;
  /** What can be said of an image at once; `undefined` where a helper has to be asked. */
  known(state: NodeState, name: string): NodeFinding | undefined;
  /** What files and helpers say. Rejects when the signal does, and with a failure where the options want that. */
  ask(state: NodeState, name: string, context: AskContext): Promise<NodeFinding>;
}

/** What the layer reports to and asks. */
export interface NodeLayerHooks extends ProblemReporter {
  /** Asks helpers. It must share nothing with other machines: helpers are this one's. */
  readonly asker: Pick<ProviderAsker, 'known' | 'ask'>;
}

/** Makes the layer, `undefined` where the options want none; does no I/O yet. */
export function createNodeLayer(
  options: KeyringOptions,
  system: System,
  { report, reportFailures, asker }: NodeLayerHooks,
): NodeLayer | undefined {
  const { dockerConfig = true, semantics = 'extended', pathMatching = 'prefix' } = options;
  if (dockerConfig === false) return undefined;
  const searched: DockerConfigOptions = own(dockerConfig === true ? {} : dockerConfig);
  const { helpers = true } = searched;
  const runsHelpers = semantics === 'extended' && helpers !== false;
  const candidates = configCandidates(system, searched, semantics);
  const reader = createNodeConfigReader({ system, candidates, semantics, onProblem: report });
  const providerOf = createHelperProviders(system, own(typeof helpers === 'object' ? helpers : {}));
  const remember = createRemember<NodeFinding>();
  let state: NodeState | undefined;

  function stateOf(config: NodeConfig): NodeState {
    if (state?.config !== config) {
      state = {
        config,
        index: buildRegistryIndex(nodeEntries(config)),
        helperFiles: runsHelpers ? helperFiles(config) : [],
      };
    }
    return state;
  }

  function finding(
    { config, index }: NodeState,
    name: string,
    consulted: NodeFinding['helpers'] = [],
  ): NodeFinding {
    return { config, runsHelpers, helpers: consulted, found: findKeys(index, name, pathMatching) };
  }

  function merged(
    current: NodeState,
    name: string,
    { uses, answers }: { uses: readonly HelperUse[]; answers: readonly ProviderAnswer[] },
  ): NodeFinding {
    reportFailures(answers);
    const [first] = answers as readonly [ProviderAnswer, ...ProviderAnswer[]];
    return remember(first, [...answers, current, name], () => {
      const asked = uses.map((use, index) => askedHelper(use, answers[index] as ProviderAnswer));
      const index = buildRegistryIndex(mergeHelpers(current, asked, name));
      const all = asked.map(({ consulted }) => consulted);
      return finding({ ...current, index }, name, all);
    });
  }

  return {
    fresh() {
      const config = reader.fresh();
      return config === undefined ? undefined : stateOf(config);
    },
    refresh: async () => stateOf(await reader.refresh()),
    known(current, name) {
      const uses = helpersFor(current.helperFiles, name, pathMatching);
      if (uses.length === 0) return finding(current, name);
      const answers: ProviderAnswer[] = [];
      for (const use of uses) {
        const answer = asker.known(providerOf(use), name);
        if (answer === undefined) return undefined;
        answers.push(answer);
      }
      return merged(current, name, { uses, answers });
    },
    async ask(current, name, context) {
      const uses = helpersFor(current.helperFiles, name, pathMatching);
      if (uses.length === 0) return finding(current, name);
      const answers = await Promise.all(
        uses.map((use) => asker.ask(providerOf(use), name, context)),
      );
      return merged(current, name, { uses, answers });
    },
  };
}

/** Every entry that counts, in the order of the files. */
export function nodeEntries({ files }: NodeConfig): IndexedEntry<NodeEntry>[] {
  return files.flatMap(({ candidate, config }) => {
    const source = { kind: 'docker-config', path: candidate.path } as const;
    const entries = config?.entries ?? [];
    return entries.map((entry) => ({ rawKey: entry.rawKey, entry: { config: entry, source } }));
  });
}
