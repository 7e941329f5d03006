// Serves something as a plugin, in a world in memory.

import { serveExecPlugin } from '../../../src/serve/plugin/serve-exec-plugin.ts';
import type { Servable, ServeExecPluginOptions } from '../../../src/serve/plugin/plugin-options.ts';
import type { CredentialProvider } from '../../../src/providers/contract.ts';
import { fakeSystem } from '../fakes/fake-system.ts';

/** What came of it. */
export interface Served {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The version of a request that says nothing else. */
export const V1 = 'credentialprovider.kubelet.k8s.io/v1';

/** A request as a kubelet writes it. */
export function request(image: string, more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ kind: 'CredentialProviderRequest', apiVersion: V1, image, ...more });
}

/**
 * Text as a stream.
 *
 * @yields Each text.
 */
export async function* chunks(
  ...texts: readonly (string | Uint8Array)[]
): AsyncGenerator<string | Uint8Array> {
  yield* texts;
}

/** Serves it one request. */
export async function serve(
  served: Servable,
  text: string,
  options: ServeExecPluginOptions = {},
): Promise<Served> {
  const written = { stdout: '', stderr: '' };
  const exitCode = await serveExecPlugin(served, {
    stdin: chunks(text),
    stdout: { write: (some) => void (written.stdout += some) },
    stderr: { write: (some) => void (written.stderr += some) },
    system: fakeSystem(),
    ...options,
  });
  return { exitCode, ...written };
}

/** What was answered. */
export function answerOf({ stdout }: Served): Readonly<Record<string, unknown>> {
  return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
}

/** A provider of one registry. */
export function desk(overrides: Partial<CredentialProvider> = {}): CredentialProvider {
  return {
    name: 'desk',
    matchImages: ['reg.example.com'],
    provide: async () => ({
      auth: { 'reg.example.com': { username: 'u', password: 'desk-password' } },
      cacheKeyType: 'Registry',
    }),
    ...overrides,
  };
}
