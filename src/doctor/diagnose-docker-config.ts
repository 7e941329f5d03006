// The places where Docker configuration is looked for: which files are there, what is wrong in them, who may read them,
// and the credential helpers that they name.

import { own } from '../util/own.ts';
import type { DecodedConfig } from '../config/docker-config.ts';
import {
  createNodeConfigReader,
  fileStatusMessage,
  type ConfigFile,
} from '../config/node-config.ts';
import { documentFindings } from '../findings/document-findings.ts';
import { isFault } from '../findings/finding.ts';
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
      ...(file.status === 'used' ? findingsOf(file, system.now()) : problemsOf(file)),
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
  if (config !== undefined) return [{ ...common, status: 'ok', message: entriesOf(config) }];
  return status === 'missing' || status === 'not-consulted'
    ? [{ ...common, status: 'info', message: fileStatusMessage(candidate, status) }]
    : [];
}

function entriesOf({ entries, credsStore = '', credHelpers }: DecodedConfig): string {
  const amount = count(entries.length, 'entry', 'entries');
  const empty = entries.filter(isPlaceholder).length;
  if (empty === 0) return amount;
  const isDockers = credsStore !== '' || credHelpers.size > 0;
  const reason = isDockers ? ', as Docker leaves them beside helpers' : '';
  return `${amount}, ${empty} of them empty${reason}`;
}

/** More of one file nobody reads. */
const MAX_FINDINGS = 20;

function findingsOf(file: ConfigFile, nowMs: number): Check[] {
  const { candidate, config } = file as ConfigFile & { readonly config: DecodedConfig };
  const context = { format: candidate.format, isSecret: false, field: '', nowMs };
  const findings = documentFindings(config, context).filter(isFault);
  const checks = findings.slice(0, MAX_FINDINGS).map(({ message, hint, where }) => {
    const text = where.key === undefined ? message : `${where.key}: ${message}`;
    const advice = hint === undefined ? {} : { hint };
    return Object.assign(about(file), { status: 'warning' as const, message: text }, advice);
  });
  const rest = findings.length - checks.length;
  if (rest === 0) return checks;
  return [...checks, { ...about(file), status: 'warning', message: `${rest} more findings` }];
}

function problemsOf(file: ConfigFile): Check[] {
  const common = about(file);
  const hint = 'correct the file: nothing of it counts';
  return file.problems.map(({ message }) => ({ ...common, status: 'failure', message, hint }));
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
