// A store that is another credential helper.

import type { System } from '../../system/system.ts';
import { isRecord } from '../../util/is-record.ts';
import { parseJson } from '../../util/parse-json.ts';
import { runHelper, type HelperRun } from '../../providers/docker-helper/protocol.ts';
import { HELPER_NAME_RULE, isHelperName } from '../../providers/docker-helper/helper-name.ts';
import { encodeCredential, HELPER_MESSAGES, HelperError, type HelperStore } from './contract.ts';

/** Somebody may have to type a passphrase. */
const TIMEOUT_MS = 60_000;

/** What clients recognise is handed on; of all else that a helper says nothing is, since it may be half a secret. */
const KNOWN: readonly string[] = Object.values(HELPER_MESSAGES);

/**
 * Makes a store over the helper `docker-credential-NAME` on the `PATH`. Credentials are handed on as they come.
 *
 * @throws TypeError for a name that no helper can have.
 */
export function createForwardingStore(helper: string, system: Pick<System, 'run'>): HelperStore {
  if (!isHelperName(helper)) throw new TypeError(`createForwardingStore: ${HELPER_NAME_RULE}`);
  const program = `docker-credential-${helper}`;

  /** `undefined` where it knows nothing of the server. */
  async function ask(action: HelperRun['action'], stdin: string): Promise<string | undefined> {
    const run = { helper, action, stdin, timeoutMs: TIMEOUT_MS };
    const { result, text } = await runHelper(system, run).catch((error: unknown) => {
      const { code } = Object(error) as { readonly code?: unknown };
      const why = code === 'ENOENT' ? 'is not on the PATH' : 'could not be run to its end';
      throw new HelperError(`${program} ${why}`, { cause: error });
    });
    if (text === HELPER_MESSAGES.notFound) return undefined;
    if (result.exitCode === 0) return text;
    throw new HelperError(
      KNOWN.includes(text) ? text : `${program} ${action} ended with code ${result.exitCode}`,
    );
  }

  function malformed(): HelperError {
    return new HelperError(`${program} gave a malformed answer`);
  }

  return {
    async get(server) {
      const text = await ask('get', server);
      if (text === undefined) return undefined;
      const { Username: username = '', Secret: secret = '' } = parseObject(text, malformed);
      if (typeof username !== 'string' || typeof secret !== 'string') throw malformed();
      // Helpers up to 0.6.4 answer so where they know nothing of the server: Debian's docker-credential-pass.
      return username === '' && secret === '' ? undefined : { server, username, secret };
    },
    async list() {
      const text = (await ask('list', 'unused')) ?? '{}';
      const servers = Object.entries(parseObject(text, malformed));
      return new Map(servers.map(([server, username]) => [server, String(username)]));
    },
    async store(credential) {
      await ask('store', encodeCredential(credential));
    },
    async erase(server) {
      await ask('erase', server);
    },
  };
}

function parseObject(text: string, malformed: () => HelperError): Record<string, unknown> {
  const document = parseJson(text);
  // Go's helpers write null for a map without entries.
  if (document === null) return {};
  if (!isRecord(document)) throw malformed();
  return document;
}
