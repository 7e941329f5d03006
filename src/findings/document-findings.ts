// What can be wrong with a whole Docker configuration document, in a Secret or a file (Kubernetes v1.37.2,
// pkg/credentialprovider/secrets/secrets.go and config.go).

import { isPlaceholder, type ConfigEntry } from '../config/config-entry.ts';
import type { DocumentProblem } from '../config/decoding.ts';
import type { DecodedConfig, DockerConfigFormat } from '../config/docker-config.ts';
import { shownUrl } from '../util/redaction/shown-url.ts';
import { entryFindings } from './entry-findings.ts';
import { kubeletError, problem, warning, type Finding } from './finding.ts';
import { registryKeyFindings, sharedKeyFindings } from './key-findings.ts';

/** What decides what is wrong with a document. */
export interface DocumentContext {
  readonly format: DockerConfigFormat;
  /** A Secret fails pulls and is for kubelets alone; a file is passed over, and others read it too. */
  readonly isSecret: boolean;
  /** The path of the document's field in its Secret; `''` for a file. */
  readonly field: string;
  /** The current time in milliseconds, by which credentials have ended or not. */
  readonly nowMs: number;
}

/** The findings in a document. */
export function documentFindings(config: DecodedConfig, document: DocumentContext): Finding[] {
  const hasHelpers = namesHelpers(config);
  const judged = config.entries.filter(
    // Docker writes them beside its helpers, which hold the passwords.
    (entry) => document.isSecret || !hasHelpers || !isPlaceholder(entry),
  );
  return [
    ...config.problems.map((each) => problemFinding(each, document)),
    ...(config.fatal ? [] : shapeFindings(config, document)),
    ...judged.flatMap((entry) => findingsOfEntry(entry, document)),
    ...sharedKeyFindings(
      config.entries.map(({ rawKey }) => rawKey),
      entriesField(document),
    ),
  ];
}

function findingsOfEntry(entry: ConfigEntry, document: DocumentContext): Finding[] {
  const { isSecret, nowMs } = document;
  const key = shownUrl(entry.rawKey);
  const field = `${entriesField(document)}[${key}]`;
  return [
    ...registryKeyFindings(entry.rawKey, field),
    ...entryFindings(entry, { key, field, isSecret, nowMs }),
  ];
}

function entriesField({ format, field }: DocumentContext): string {
  if (format === '.dockercfg') return field;
  return field === '' ? 'auths' : `${field}.auths`;
}

const AUTH_HINT =
  'auth is the base64 of "username:password", made for instance with: printf %s "$user:$password" | base64 -w0';

function problemFinding(
  { code, reason, position, entry, strict }: DocumentProblem,
  document: DocumentContext,
): Finding {
  const { isSecret } = document;
  const message = `${reason} (line ${position.line}, column ${position.column})`;
  const place =
    entry === undefined
      ? { field: document.field }
      : { field: `${entriesField(document)}[${entry}]`, key: entry };
  if (!strict) return warning({ ...place, code: code ?? 'field-ignored', message });
  const refuse = isSecret ? kubeletError : problem;
  const whole = isSecret ? SECRET_MALFORMED : FILE_MALFORMED;
  return refuse({ ...place, ...(code === undefined ? whole : { code, hint: AUTH_HINT }), message });
}

const SECRET_MALFORMED = {
  code: 'secret-malformed',
  hint: 'The kubelet fails every pull of a pod that names this secret.',
};
const FILE_MALFORMED = {
  code: 'config-malformed',
  hint: 'Correct the file: a kubelet reads nothing of it.',
};

function shapeFindings(config: DecodedConfig, document: DocumentContext): Finding[] {
  const { field, format, isSecret } = document;
  const findings: Finding[] = [];
  if (isSecret && namesHelpers(config)) {
    const message =
      'credsStore and credHelpers name programs on one machine: the kubelet ignores them';
    const hint = 'Put the credentials themselves into the secret.';
    findings.push(warning({ code: 'credential-helper', field, message, hint }));
  }
  if (format === '.dockercfg') return [...findings, ...authsFindings(config, document)];
  if (config.entries.length > 0 || config.problems.some(({ strict }) => strict)) return findings;
  if (!isSecret && namesHelpers(config)) return findings;
  return [...findings, emptyFinding(config, document)];
}

function namesHelpers({ credsStore, credHelpers }: DecodedConfig): boolean {
  return credsStore !== undefined || credHelpers.size > 0;
}

function emptyFinding(
  { lacksAuths }: DecodedConfig,
  { field, isSecret }: DocumentContext,
): Finding {
  if (!lacksAuths) return noEntries(field, isSecret);
  const message = 'the entries are not under "auths": the kubelet sees none of them';
  const hint = isSecret
    ? 'Write {"auths": {…}} around them, or use the type kubernetes.io/dockercfg and its key .dockercfg.'
    : 'Write {"auths": {…}} around them.';
  return warning({ code: 'no-auths', field, message, hint });
}

function noEntries(field: string, isSecret: boolean): Finding {
  const what = isSecret ? 'secret' : 'file';
  const message = `there is no entry: the ${what} gives no credential for any image`;
  return warning({ code: 'no-entries', field, message });
}

function authsFindings(
  { entries, problems }: DecodedConfig,
  { field, isSecret }: DocumentContext,
): Finding[] {
  if (entries.length === 0 && problems.length === 0) return [noEntries(field, isSecret)];
  if (!entries.some(({ rawKey }) => rawKey === 'auths')) return [];
  const message =
    'a .dockercfg has no "auths" level: the kubelet takes it for a registry of that name';
  const hint = isSecret
    ? 'Use the type kubernetes.io/dockerconfigjson and its key .dockerconfigjson.'
    : 'Name the file config.json, or take the level out.';
  return [warning({ code: 'auths-in-dockercfg', field, message, hint })];
}
