// What the API server stores although the kubelet fails over it or can do nothing with it (Kubernetes v1.37.2,
// pkg/credentialprovider/secrets/secrets.go and config.go).

import type { ConfigEntry } from '../../config/config-entry.ts';
import type { DocumentProblem } from '../../config/decoding.ts';
import { decodeDockerConfig, type DecodedConfig } from '../../config/docker-config.ts';
import { shownUrl } from '../../util/redaction/shown-url.ts';
import { kubeletError, warning, type Finding } from './finding.ts';
import { registryKeyFindings, sharedKeyFindings } from './registry-key-rules.ts';
import type { PullSecretKey } from './secret-data.ts';

/** The findings in a document that is JSON. */
export function kubeletFindings(key: PullSecretKey, bytes: Uint8Array): Finding[] {
  const format = key === '.dockercfg' ? '.dockercfg' : 'config.json';
  const config = decodeDockerConfig(bytes, format, { tokens: true });
  const field = `data[${key}]`;
  const entriesField = format === '.dockercfg' ? field : `${field}.auths`;
  return [
    ...config.problems.map((problem) => problemFinding(problem, field)),
    ...shapeFindings(config, { bytes, field, format }),
    ...config.entries.flatMap((entry) => {
      const entryField = `${entriesField}[${shownUrl(entry.rawKey)}]`;
      return [
        ...registryKeyFindings(entry.rawKey, entryField),
        ...credentialFindings(entry, entryField),
      ];
    }),
    ...sharedKeyFindings(
      config.entries.map(({ rawKey }) => rawKey),
      entriesField,
    ),
  ];
}

function problemFinding(
  { reason, position, entry, strict }: DocumentProblem,
  field: string,
): Finding {
  const place = `line ${position.line}, column ${position.column}`;
  const inEntry = entry === undefined ? '' : `entry ${JSON.stringify(entry)}: `;
  const message = `${inEntry}${reason} (${place})`;
  if (!strict) return warning({ code: 'field-ignored', field, message });
  const isAuth = reason.startsWith('"auth" ');
  return kubeletError({
    code: isAuth ? 'auth-invalid' : 'config-invalid',
    field,
    message,
    hint: isAuth
      ? 'auth is the base64 of "username:password", made for instance with: printf %s "$user:$password" | base64 -w0'
      : 'The kubelet fails every pull of a pod that names this secret.',
  });
}

interface Shape {
  readonly bytes: Uint8Array;
  readonly field: string;
  readonly format: 'config.json' | '.dockercfg';
}

function shapeFindings(config: DecodedConfig, shape: Shape): Finding[] {
  const { field, format } = shape;
  const findings: Finding[] = [];
  if (config.credsStore !== undefined || config.credHelpers.size > 0) {
    const message =
      'credsStore and credHelpers name programs on one machine: the kubelet ignores them';
    const hint = 'Put the credentials themselves into the secret.';
    findings.push(warning({ code: 'credential-helper', field, message, hint }));
  }
  if (format === '.dockercfg') return [...findings, ...authsFindings(config, field)];
  if (config.entries.length > 0 || config.problems.some(({ strict }) => strict)) return findings;
  return [...findings, emptyFinding(shape)];
}

function emptyFinding({ bytes, field }: Shape): Finding {
  const flat = decodeDockerConfig(bytes, '.dockercfg', { tokens: true }).entries;
  if (!flat.some(({ username, password }) => username !== '' || password !== '')) {
    const message = 'there is no entry: the secret gives no credential for any image';
    return warning({ code: 'no-entries', field, message });
  }
  const message = 'the entries are not under "auths": the kubelet sees none of them';
  const hint =
    'Write {"auths": {…}} around them, or use the type kubernetes.io/dockercfg and its key .dockercfg.';
  return warning({ code: 'auths-missing', field, message, hint });
}

function authsFindings({ entries, problems }: DecodedConfig, field: string): Finding[] {
  if (entries.length === 0 && problems.length === 0) {
    const message = 'there is no entry: the secret gives no credential for any image';
    return [warning({ code: 'no-entries', field, message })];
  }
  if (!entries.some(({ rawKey }) => rawKey === 'auths')) return [];
  const message =
    'a .dockercfg has no "auths" level: the kubelet takes it for a registry of that name';
  const hint = 'Use the type kubernetes.io/dockerconfigjson and its key .dockerconfigjson.';
  return [warning({ code: 'auths-in-dockercfg', field, message, hint })];
}

/** A token as password has a user name that says so; docker login writes these two. */
const TOKEN_USERNAMES = new Set(['<token>', '00000000-0000-0000-0000-000000000000']);

function credentialFindings(entry: ConfigEntry, field: string): Finding[] {
  const findings = [...emptinessFindings(entry, field), ...spaceFindings(entry, field)];
  if (entry.identityToken !== undefined || entry.registryToken !== undefined) {
    const message = 'the kubelet ignores identitytoken and registrytoken';
    const hint =
      'Use a user name and a password or access token that the registry takes as they are.';
    findings.push(warning({ code: 'token-ignored', field, message, hint }));
  }
  if (entry.basicBytes !== undefined) {
    const message = 'user name or password is not UTF-8: container runtimes take only UTF-8';
    findings.push(warning({ code: 'not-utf8', field, message }));
  }
  return findings;
}

function emptinessFindings({ username, password }: ConfigEntry, field: string): Finding[] {
  if (username === '' && password === '') {
    const message =
      'the entry has neither user name nor password: the kubelet tries it like any other';
    return [warning({ code: 'credential-empty', field, message, hint: 'Remove the entry.' })];
  }
  if (username === '') {
    const message = 'the user name is empty';
    return [warning({ code: 'username-empty', field, message })];
  }
  if (password !== '' || TOKEN_USERNAMES.has(username)) return [];
  return [warning({ code: 'password-empty', field, message: 'the password is empty' })];
}

function spaceFindings({ username, password }: ConfigEntry, field: string): Finding[] {
  return Object.entries({ 'user name': username, password }).flatMap(([what, value]) => {
    if (/[\r\n]$/.test(value)) {
      const message = `the ${what} ends with a line break`;
      const hint = 'Made with echo? Use printf %s, or echo -n.';
      return [warning({ code: 'trailing-newline', field, message, hint })];
    }
    if (value.trim() === value) return [];
    const message = `the ${what} begins or ends with white space`;
    return [warning({ code: 'outer-space', field, message })];
  });
}
