// What lives here: the host of the kubelet's plugins. How one is run: run-plugin.ts; what is said to it and what it may
// answer: plugin-protocol.ts; its configuration: read-plugin-config.ts. Must not be imported here: serve/, and anything
// that runs a program otherwise than by System.run.

import { orAbort } from '../../util/abort.ts';
import { nodeSystem } from '../../system/node-system.ts';
import type { ProviderSet } from '../contract.ts';
import { readExecPluginsOptions, type ExecPluginsOptions } from './exec-options.ts';
import { createPluginSet } from './plugin-set.ts';
import { createTurns } from './turns.ts';

/** As in the kubelet (Kubernetes v1.37.2 plugin.go, ExecPlugin). */
const TIMEOUT_MS = 60_000;
/** Plugins wait for a network most of their time, but each is a process with tens of megabytes. */
const MAX_CONCURRENT = 16;

/**
 * Providers that are a kubelet's credential-provider plugins, as its CredentialProviderConfig names them. They are run as
 * Kubernetes v1.37 runs them. A changed configuration counts within a second; a wrong one leaves the last good one in
 * force.
 *
 * @throws TypeError for a wrong option. Nothing is read before the first lookup.
 * @example
 * ```ts
 * const keyring = createKeyring({
 *   providers: [
 *     execPlugins({
 *       config: '/etc/kubernetes/credential-provider-config.yaml',
 *       binDir: '/usr/local/bin/credential-providers',
 *     }),
 *   ],
 * });
 * ```
 */
export function execPlugins(options: ExecPluginsOptions): ProviderSet {
  const given = readExecPluginsOptions(options);
  const { config, binDir, getServiceAccountToken, onProblem, system = nodeSystem } = given;
  const { timeoutMs = TIMEOUT_MS, maxConcurrent = MAX_CONCURRENT, env = {} } = given;
  const set = createPluginSet({
    config,
    onProblem,
    system,
    binDir,
    timeoutMs,
    env: { ...env },
    getServiceAccountToken,
    takeTurn: createTurns(maxConcurrent),
  });
  return {
    name: 'exec-plugins',
    known: () => set.fresh(),
    read: (signal) => orAbort(signal, set.refresh()),
  };
}
