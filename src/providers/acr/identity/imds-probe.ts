// Whether this machine has Azure's metadata service. Off Azure its address leads nowhere: asked once, and remembered.

import type { HttpResponse, System } from '../../../system/system.ts';

/** Where Azure's machines find their metadata; other clouds have theirs at the same address. */
const PROBE_URL = 'http://169.254.169.254/metadata/identity/oauth2/token';

/** The deadline of asking whether this is Azure, in milliseconds. */
const PROBE_TIMEOUT_MS = 1000;

/** How long "no" is cached: the network of a machine that boots may not be there yet. */
const REMEMBERED_MS = 10 * 60 * 1000;

/** Environment variables that name another place to ask for managed identities, as @azure/identity reads them. */
const ENDPOINT_VARIABLES = [
  'IDENTITY_ENDPOINT',
  'MSI_ENDPOINT',
  'AZURE_POD_IDENTITY_AUTHORITY_HOST',
];

/** Asks, or remembers: `undefined` when managed identities can be asked for, or why not. */
export type ImdsProbe = () => Promise<string | undefined>;

/** Makes a probe with a memory of its own. */
export function createImdsProbe(system: Pick<System, 'env' | 'http' | 'monotonicMs'>): ImdsProbe {
  let answer: Promise<string | undefined> | undefined;
  let validUntilMs = 0;

  return async () => {
    if (ENDPOINT_VARIABLES.some((name) => (system.env(name) ?? '') !== '')) return undefined;
    if (answer === undefined || system.monotonicMs() >= validUntilMs) {
      answer = probe(system);
      validUntilMs = Infinity;
      // The answer of one lookup is every lookup's, so no caller's signal ends it.
      if ((await answer) !== undefined) validUntilMs = system.monotonicMs() + REMEMBERED_MS;
    }
    return answer;
  };
}

/** Without the header that the service demands it answers at once, with an error. */
async function probe(system: Pick<System, 'http'>): Promise<string | undefined> {
  try {
    const response = await system.http({
      url: PROBE_URL,
      timeoutMs: PROBE_TIMEOUT_MS,
      proxy: 'never',
    });
    return isAzure(response) ? undefined : 'the metadata service here is not Azure’s';
  } catch {
    return 'there is no metadata service of Azure here';
  }
}

/** EC2 answers 401 or 404, Compute Engine says who it is, Docker Desktop answers 403 for what it cannot reach. */
function isAzure({ status, headers }: HttpResponse): boolean {
  return ![401, 403, 404].includes(status) && !headers.has('metadata-flavor');
}
