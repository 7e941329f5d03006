// The places where Docker configuration is looked for: which files are there, what is wrong in them, who may read them,
// and the credential helpers that they name.

import { createNodeConfigReader, type ConfigFile } from '../../config/node-config.ts';
import { configCandidates } from '../../config/search-paths.ts';
import { isPlaceholder } from '../../keyring/placeholder.ts';
import type { System } from '../../system/system.ts';
import type { KeyringOptions } from '../keyring-options.ts';
import type { Check } from './check.ts';
import { diagnoseHelpers } from './diagnose-helpers.ts';

const area = 'docker-config';
/** Reading by the group and by everybody. */
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
  const searched = dockerConfig === true ? {} : dockerConfig;
  const candidates = configCandidates(system, searched, semantics);
  const reader = createNodeConfigReader({ system, candidates, semantics, onProblem: () => {} });
  const { files } = await reader.refresh();
  const checks = await Promise.all(
    files.map(async (file) => [
      fileCheck(file),
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

function fileCheck(file: ConfigFile): Check {
  const { status, candidate } = file;
  const common = about(file);
  switch (status) {
    case 'missing': {
      const isFile = candidate.variable === undefined;
      const message = isFile ? 'there is no such file' : 'the variable is not set';
      return { ...common, status: 'info', message };
    }
    case 'not-consulted': {
      const message = 'an earlier file is valid, and the kubelet reads only one';
      return { ...common, status: 'info', message };
    }
    case 'malformed': {
      const hint = 'correct it, or move it away';
      const message = 'it cannot be used, and nothing of it counts';
      return { ...common, status: 'failure', message, hint };
    }
    default:
      return { ...common, ...entriesOf(file) };
  }
}

function entriesOf({ config, candidate }: ConfigFile): Pick<Check, 'status' | 'message' | 'hint'> {
  const { entries = [], credsStore = '', credHelpers = new Map<string, string>() } = config ?? {};
  const empty = entries.filter(isPlaceholder).length;
  const hasHelpers = credsStore !== '' || credHelpers.size > 0;
  const amount = entries.length === 1 ? '1 entry' : `${entries.length} entries`;
  if (empty === 0) return { status: 'ok', message: amount };
  const message = `${amount}, ${empty} of them empty`;
  // Docker writes them beside its helpers, which hold the passwords.
  if (hasHelpers)
    return { status: 'ok', message: `${message}, as Docker leaves them beside helpers` };
  return {
    status: 'warning',
    message: `${message}: a node tries these as they are`,
    hint: `remove the empty entries from ${candidate.path}, or log in again`,
  };
}

function problemsOf(file: ConfigFile): Check[] {
  const status = file.status === 'malformed' ? 'failure' : 'warning';
  return file.problems.map(({ message }) => ({ ...about(file), status, message }));
}

/** What a file that others may read gives away are its own secrets; a file of helpers alone holds none. */
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
