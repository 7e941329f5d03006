// The options of execPlugins(), and the check that a caller got them right.

import {
  readOptions,
  isFunctionOption,
  isStringRecord,
  isSystemOption,
  text,
  wholeNumber,
  type Check,
} from '../../util/option-checks.ts';
import type { PluginConfigError } from '../../errors.ts';
import type { System } from '../../system/system.ts';
import type { GetServiceAccountToken } from '../contract.ts';
import type { PrincipalSystem } from '../principal/describe.ts';

/** How the kubelet's plugins are run. */
export interface ExecPluginsOptions {
  /**
   * The kubelet's `--image-credential-provider-config`: a CredentialProviderConfig, or a directory of them, in YAML or
   * JSON.
   */
  readonly config: string;
  /** The kubelet's `--image-credential-provider-bin-dir`: where the plugins' programs are. */
  readonly binDir: string;
  /**
   * How long a plugin may take, in milliseconds; it is then killed with all that it started.
   *
   * @defaultValue 60,000, as in the kubelet
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How many processes there may be at once, of all plugins together; the kubelet knows no limit.
   *
   * @defaultValue 16
   */
  readonly maxConcurrent?: number | undefined;
  /**
   * Where tokens of service accounts come from, for plugins with `tokenAttributes`.
   *
   * @defaultValue the keyring's option of this name
   */
  readonly getServiceAccountToken?: GetServiceAccountToken | undefined;
  /**
   * Variables for every plugin, added to this process's environment; those of the configuration win.
   *
   * @defaultValue none
   */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /**
   * Is told, once, when a changed configuration is wrong, and the last good one is used on. That the first one is wrong
   * is a failure of each lookup instead.
   *
   * @defaultValue nobody is told
   */
  readonly onProblem?: ((problem: PluginConfigError) => void) | undefined;
  /**
   * The outside world. Tests put their own here.
   *
   * @defaultValue this machine
   */
  readonly system?: System | undefined;
}

/** The part of the world that plugins and their configuration take. */
export type ExecPluginsSystem = PrincipalSystem &
  Pick<System, 'run' | 'readDirectory' | 'workingDirectory' | 'monotonicMs'>;

/** Node's timers hold no longer delay; a plugin may wait for its turn as long as it may run. */
const MAX_TIMEOUT_MS = 2 ** 30 - 1;

const CHECKS: Readonly<Record<keyof ExecPluginsOptions, Check>> = {
  config: text('a path'),
  binDir: text('a path'),
  timeoutMs: wholeNumber(MAX_TIMEOUT_MS, 'of milliseconds '),
  maxConcurrent: wholeNumber(10_000),
  getServiceAccountToken: isFunctionOption,
  env: isStringRecord,
  onProblem: isFunctionOption,
  system: isSystemOption,
};

/** Throws a TypeError that names the option and what it must be. */
export function readExecPluginsOptions(options: ExecPluginsOptions): ExecPluginsOptions {
  const given = readOptions('execPlugins', options, CHECKS);
  for (const required of ['config', 'binDir'] as const) {
    if (given[required] === undefined) throw new TypeError(`execPlugins: ${required} is missing`);
  }
  return given;
}
