// The places where Docker configuration is looked for: which files are there, what is wrong in them, who may read them,
// and the credential helpers that they name.

import { own } from '../util/own.ts';
import type { DecodedConfig } from '../config/docker-config.ts';
import {
  createNodeConfigReader,
  fileStatusMessage,
  type ConfigFile,
} from '../config/node-config.ts';
import { configCandidates, type DockerConfigOptions } from '../config/search-paths.ts';
import { isPlaceholder } from '../config/config-entry.ts';
import type { System } from '../system/system.ts';
import type { KeyringOptions } from '../create-keyring/keyring-options.ts';
import { count } from '../util/text/count.ts';
import type { Check } from './check.ts';
import { diagnoseHelpers } from './diagnose-helpers.ts';

const area = 'docker-config';
/** Readable by the group or by everybody. */
const OTHERS_READ = 0o044;

/** Looks at every place of the search path, and then at the helpers. */
export async function diagnoseDockerConfig(
  system: System,
  { dockerConfig = true, semantics = 'extended' }: KeyringOptions,
): Promise<readonly Check[]> {
  if (dockerConfig === false) {
    const message = 'no Docker configuration is read';
    return [{ area, subject: 'files', status: 'info', message }];
  }
  const searched: DockerConfigOptions = own(dockerConfig === true ? {} : dockerConfig);
  const candidates = configCandidates(system, searched, semantics);
  const reader = createNodeConfigReader({ system, candidates, semantics, onProblem: () => {} });
  const { files } = await reader.refresh();
  const checks = await Promise.all(
    files.map(async (file) => [
      ...fileCheck(file),
      ...problemsOf(file),
      ...(await modeOf(system, file)),
    ]),
  );
  const runsHelpers = semantics === 'extended' && searched.helpers !== false;
  return [...checks.flat(), ...(await diagnoseHelpers(system, { files, runsHelpers }))];
}

function about({
  candidate: { path, variable },
}: ConfigFile): Pick<Check, 'area' | 'subject' | 'path'> {
  return { area, subject: path, ...(variable === undefined ? { path } : {}) };
}

/** None for a malformed file: its problems say it all. */
function fileCheck(file: ConfigFile): Check[] {
  const { status, candidate, config } = file;
  const common = about(file);
  if (config !== undefined) return [{ ...common, ...entriesOf(config, candidate.path) }];
  return status === 'missing' || status === 'not-consulted'
    ? [{ ...common, status: 'info', message: fileStatusMessage(candidate, status) }]
    : [];
}

function entriesOf(
  { entries, credsStore = '', credHelpers }: DecodedConfig,
  path: string,
): Pick<Check, 'status' | 'message' | 'hint'> {
  const empty = entries.filter(isPlaceholder).length;
  const amount = count(entries.length, 'entry', 'entries');
  if (empty === 0) return { status: 'ok', message: amount };
  const message = `${amount}, ${empty} of them empty`;
  // Docker writes them beside its helpers, which hold the passwords.
  if (credsStore !== '' || credHelpers.size > 0) {
    return { status: 'ok', message: `${message}, as Docker leaves them beside helpers` };
  }
  const hint = `remove the empty entries from ${path}, or log in again`;
  return { status: 'warning', message: `${message}: a node tries these as they are`, hint };
}

function problemsOf(file: ConfigFile): Check[] {
  const common = about(file);
  return file.problems.map(({ message }) =>
    file.status === 'malformed'
      ? { ...common, status: 'failure', message, hint: 'correct the file: nothing of it counts' }
      : { ...common, status: 'warning', message },
  );
}

/** A file that others may read matters only if it holds secrets; one that names only helpers holds none. */
async function modeOf(system: System, file: ConfigFile): Promise<Check[]> {
  const { candidate, config } = file;
  const { path, variable } = candidate;
  const hasSecrets = config?.entries.some((entry) => !isPlaceholder(entry)) === true;
  if (variable !== undefined || !hasSecrets || system.platform === 'win32') return [];
  const { mode = 0 } = (await system.stat(path).catch(() => undefined)) ?? {};
  if ((mode & OTHERS_READ) === 0) return [];
  const message = `others than its owner may read its passwords (mode ${mode.toString(8).padStart(4, '0')})`;
  return [{ ...about(file), status: 'warning', message, hint: `chmod 600 ${path}` }];
}
