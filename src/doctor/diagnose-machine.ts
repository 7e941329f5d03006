// What lives here: what this machine offers a keyring, for `docker-keyring doctor`, which only prints it. What is known of
// each provider's cloud is in providers/catalog.ts.
// To look at more: a file here whose function returns checks, and a line below. No check may hold a secret.
// Must not be imported here: cli/.

import { createKeyring } from '../create-keyring/create-keyring.ts';
import { isKeyringError } from '../errors.ts';
import { nodeSystem } from '../system/node-system.ts';
import { defaultProviders } from '../create-keyring/default-providers.ts';
import type { LookupContext } from '../create-keyring/docker-keyring.ts';
import type { KeyringOptions } from '../create-keyring/keyring-options.ts';
import { createProviderSources, type FailedSet } from '../create-keyring/provider-sources.ts';
import type { Check, MachineDiagnosis } from './check.ts';
import { diagnoseDockerConfig } from './diagnose-docker-config.ts';
import { diagnoseImages } from './diagnose-images.ts';
import { diagnoseNetwork } from './diagnose-network.ts';
import { diagnoseProviders } from './diagnose-providers.ts';

/**
 * Looks at files, helpers, the network's settings and the clouds, all at once and each with a deadline.
 *
 * @param options - The keyring's. A provider that they name and that does not work is a failure. A default provider that
 * does not work is one only where an image needs it, or where its cloud knows this machine.
 * @param images - Images to resolve as well.
 * @param context - How to resolve them.
 * @example
 * ```ts
 * const { checks } = await diagnoseMachine({}, ['ghcr.io/acme/app']);
 * ```
 */
export async function diagnoseMachine(
  options: KeyringOptions,
  images: readonly string[],
  context: LookupContext = {},
): Promise<MachineDiagnosis> {
  const { system = nodeSystem } = options;
  const sources = options.providers ?? defaultProviders(system);
  const isWanted = options.providers !== undefined;
  const keyring = createKeyring({ ...options, providers: sources, malformedPullSecrets: 'skip' });
  const { index, failed } = await createProviderSources(sources).read(new AbortController().signal);
  const { providers } = index;
  const [network, files, offered, resolved] = await Promise.all([
    diagnoseNetwork(system),
    diagnoseDockerConfig(system, options),
    diagnoseProviders(system, { providers, isWanted, images }),
    diagnoseImages(keyring, images, context),
  ]);
  await keyring.close();
  return {
    checks: [...network, ...files, ...offered, ...failed.map(checkOfSet)],
    images: resolved,
  };
}

/** A set that cannot be read has no provider that could diagnose itself. */
function checkOfSet({ provider, error }: FailedSet): Check {
  const message = isKeyringError(error) ? error.message : 'its providers cannot be read';
  const hint = 'correct it: until then none of its providers is asked';
  return {
    area: 'provider',
    provider: provider.name,
    status: 'failure',
    subject: 'configuration',
    message,
    hint,
  };
}
