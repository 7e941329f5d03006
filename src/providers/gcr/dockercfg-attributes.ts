// The instance's attributes `google-dockercfg` and `google-dockercfg-url`: documents of the older .dockercfg form that
// hold credentials for any registry, put there by whoever runs the instance.

import { decodeDockerConfig } from '../../config/docker-config.ts';
import type { CredentialResponseEntry } from '../contract.ts';
import { ProviderFailure } from '../asking/provider-failure.ts';
import { requestGoogle } from './google-request.ts';
import { readMetadata, type MetadataSystem } from './identity/metadata-server.ts';

/** Entries by their keys, in the document's order. */
export type DockercfgEntries = readonly (readonly [key: string, entry: CredentialResponseEntry])[];

const FETCH_MS = 10_000;
const MAX_BYTES = 10 * 1024 * 1024;

/** The entries in `google-dockercfg`; `undefined` without such an attribute. */
export async function readDockercfg(
  system: MetadataSystem,
  signal: AbortSignal,
): Promise<DockercfgEntries | undefined> {
  const answer = await readMetadata(system, 'instance/attributes/google-dockercfg', signal);
  return answer === undefined ? undefined : entriesOf(answer.body, 'google-dockercfg');
}

/** The entries in the document that `google-dockercfg-url` names; `undefined` without such an attribute. */
export async function readDockercfgUrl(
  system: MetadataSystem,
  signal: AbortSignal,
): Promise<DockercfgEntries | undefined> {
  const answer = await readMetadata(system, 'instance/attributes/google-dockercfg-url', signal);
  if (answer === undefined) return undefined;
  const url = checkUrl(answer.body.trim());
  const from = `google-dockercfg-url (${url.host})`;
  // Without the headers of the metadata server: the document may be on anybody's server (cloud-provider-gcp passes nil).
  const body = await requestGoogle(
    system,
    { url: url.href, timeoutMs: FETCH_MS, maxBytes: MAX_BYTES, signal },
    { from, unreachable: `${from} cannot be fetched` },
  );
  return entriesOf(body, from);
}

function checkUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new ProviderFailure('the attribute google-dockercfg-url is no http:// or https:// URL');
  }
  if (url.username !== '' || url.password !== '') {
    throw new ProviderFailure('the attribute google-dockercfg-url holds a user name or a password');
  }
  return url;
}

/** One problem makes the whole document invalid, as in the kubelet. */
function entriesOf(body: string, where: string): DockercfgEntries {
  const bytes = new TextEncoder().encode(body);
  const { entries, problems } = decodeDockerConfig(bytes, '.dockercfg', { tokens: false });
  const problem = problems.find(({ strict }) => strict);
  if (problem !== undefined) {
    const { line, column } = problem.position;
    throw new ProviderFailure(`${where} is no .dockercfg: ${line}:${column}: ${problem.reason}`);
  }
  return entries.map(({ rawKey, username, password }) => [rawKey, { username, password }]);
}
