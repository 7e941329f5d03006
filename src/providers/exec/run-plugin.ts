// One run of a plugin, from the request to its answer (Kubernetes v1.37.2 plugin.go, ExecPlugin).

import type { ProcessResult, System } from '../../system/system.ts';
import type { CredentialResponse } from '../contract.ts';
import type { PluginApiVersion } from './config/plugin-config-types.ts';
import { answerFailure, exitFailure, runFailure, type FailedCall } from './plugin-failure.ts';
import {
  decodePluginResponse,
  encodePluginRequest,
  type PluginRequest,
} from './plugin-protocol.ts';

/** More of an answer than this ends the plugin; the kubelet has no limit. */
const MAX_OUTPUT_BYTES = 1024 * 1024;

/** How a plugin is run. */
export interface PluginProgram {
  readonly name: string;
  /** Its absolute path. */
  readonly path: string;
  readonly args: readonly string[];
  /** Added to this process's own environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly apiVersion: PluginApiVersion;
  readonly timeoutMs: number;
}

/** Asks a plugin. Rejects with a ProviderFailure, or with the signal's reason. */
export async function runPlugin(
  system: Pick<System, 'run'>,
  program: PluginProgram,
  { signal, ...request }: PluginRequest & { readonly signal: AbortSignal },
): Promise<CredentialResponse> {
  const { name, path, args, env, apiVersion, timeoutMs } = program;
  const call: FailedCall = {
    path,
    timeoutMs,
    maxOutputBytes: MAX_OUTPUT_BYTES,
    secrets: [...Object.values(env), request.serviceAccountToken ?? ''],
  };
  let result: ProcessResult;
  try {
    result = await system.run({
      command: path,
      args,
      stdin: encodePluginRequest(apiVersion, request),
      env,
      timeoutMs,
      signal,
      maxOutputBytes: MAX_OUTPUT_BYTES,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw runFailure(call, error);
  }
  if (result.exitCode !== 0) throw exitFailure(call, result);
  try {
    return decodePluginResponse(apiVersion, result.stdout, name);
  } catch (error) {
    throw answerFailure(call, error, result);
  }
}
