// What can be wrong with an entry's credential: nothing in it, something else than was meant, or over.

import type { ConfigEntry } from '../config/config-entry.ts';
import { readExpiry } from '../credential/secret-expiry.ts';
import { isRecord } from '../util/is-record.ts';
import { parseJson } from '../util/parse-json.ts';
import { note, warning, type Finding, type FindingText } from './finding.ts';

/** Where an entry stands, and by when it is judged. */
export interface EntryContext {
  readonly key: string;
  readonly field: string;
  /** Whether kubelets alone read the entry, so that its tokens are of no use. */
  readonly isSecret: boolean;
  /** The current time in milliseconds. */
  readonly nowMs: number;
}

type EntryProblem = Pick<FindingText, 'code' | 'message' | 'hint'>;

/** The findings in one entry's credential. */
export function entryFindings(
  entry: ConfigEntry,
  { key, field, isSecret, nowMs }: EntryContext,
): Finding[] {
  const problems = [
    ...emptinessProblems(entry),
    ...textProblems(entry),
    ...overruledProblems(entry),
    ...googleKeyProblems(entry),
    ...(isSecret ? tokenProblems(entry) : []),
    ...endProblems(entry, nowMs),
  ];
  return [
    ...problems.map((each) => warning({ ...each, key, field })),
    ...robotProblems(entry).map((each) => note({ ...each, key, field })),
  ];
}

/** A token as password has a user name that says so; docker login writes these two. */
const TOKEN_USERNAMES: ReadonlySet<string> = new Set([
  '<token>',
  '00000000-0000-0000-0000-000000000000',
]);

function emptinessProblems({
  username,
  password,
  identityToken,
  registryToken,
}: ConfigEntry): EntryProblem[] {
  if (username === '' && password === '') {
    if (identityToken !== undefined || registryToken !== undefined) return [];
    const message =
      'the entry has neither user name nor password: the kubelet tries it like any other';
    return [{ code: 'entry-empty', message, hint: 'Remove the entry.' }];
  }
  if (username === '') return [{ code: 'username-empty', message: 'the user name is empty' }];
  if (password !== '' || TOKEN_USERNAMES.has(username)) return [];
  return [{ code: 'password-empty', message: 'the password is empty' }];
}

function textProblems({ username, password, basicBytes }: ConfigEntry): EntryProblem[] {
  const problems = [
    ...valueProblems('user name', username),
    ...valueProblems('password', password),
  ];
  if (basicBytes === undefined) return problems;
  const message = 'user name or password is not UTF-8: container runtimes take only UTF-8';
  return [...problems, { code: 'not-utf8', message }];
}

/** Texts that stand for a value that somebody forgot to put in: of shells, templates, and languages' words for nothing. */
const PLACEHOLDER =
  /^(?:\$\{[\w.-]*\}|\$\([\w.-]*\)|\{\{.*\}\}|\$[A-Z_][A-Z0-9_]*|<[\w -]+>|None|null|nil|undefined)$/;

function valueProblems(what: string, value: string): EntryProblem[] {
  if (/[\r\n]$/.test(value)) {
    const message = `the ${what} ends with a line break`;
    const hint = 'Made with echo? Use printf %s, or echo -n.';
    return [{ code: 'password-line-break', message, hint }];
  }
  if (value.trim() !== value) {
    return [{ code: 'outer-space', message: `the ${what} begins or ends with white space` }];
  }
  if (value.length > 1 && /^(["']).*\1$/s.test(value)) {
    const message = `the ${what} stands in quotation marks, which are a part of it`;
    return [{ code: 'password-placeholder', message, hint: 'Leave them out.' }];
  }
  if (!PLACEHOLDER.test(value) || TOKEN_USERNAMES.has(value)) return [];
  const message = `the ${what} is a placeholder that nothing was put in for`;
  const hint = 'Check the variable or template that the document was made of.';
  return [{ code: 'password-placeholder', message, hint }];
}

function robotProblems({ username }: ConfigEntry): EntryProblem[] {
  if (username !== 'robot' && username !== 'robot$') return [];
  const message = `the user name is exactly ${username}: a shell may have taken the rest for a variable`;
  const hint = "Put the name of a robot account in single quotation marks: 'robot$name'.";
  return [{ code: 'username-cut-off', message, hint }];
}

function overruledProblems({ overruled }: ConfigEntry): EntryProblem[] {
  if (overruled === undefined) return [];
  const what = overruled === 'username' ? 'user name' : 'password';
  const message = `"auth" counts, and holds another ${what} than "${overruled}"`;
  return [{ code: 'auth-beside-password', message, hint: 'Remove one of them.' }];
}

/** Google's registries take a key file as password: "Artifact Registry: service account key". */
function googleKeyProblems({ username, password }: ConfigEntry): EntryProblem[] {
  if (password === '' || !/^_json_key(?:_base64)?$/.test(username)) return [];
  const decoded = Buffer.from(password, 'base64').toString('utf8');
  const [expected, other] = username === '_json_key' ? [password, decoded] : [decoded, password];
  if (isGoogleKey(expected)) return [];
  const code = 'json-key-malformed';
  if (isGoogleKey(other)) {
    const right = username === '_json_key' ? '_json_key_base64' : '_json_key';
    const form = username === '_json_key' ? 'in base64' : 'not in base64';
    const message = `the password is a service account key ${form}, which ${username} does not take`;
    return [{ code, message, hint: `Use the user name ${right}.` }];
  }
  const message = `the password is no service account key, which ${username} takes`;
  const hint =
    'Put in the whole content of the JSON file: a shell or template may have changed it.';
  return [{ code, message, hint }];
}

function isGoogleKey(text: string): boolean {
  const key = parseJson(text);
  return isRecord(key) && Object.hasOwn(key, 'private_key');
}

function tokenProblems({ identityToken, registryToken }: ConfigEntry): EntryProblem[] {
  if (identityToken === undefined && registryToken === undefined) return [];
  const message = 'the kubelet ignores identitytoken and registrytoken';
  const hint =
    'Use a user name and a password or access token that the registry takes as they are.';
  return [{ code: 'identity-token-ignored', message, hint }];
}

/**
 * User names that stand for tokens, and how long these live: Amazon ECR User Guide, "Private registry authentication";
 * Artifact Registry, "Access token"; ACR, "az acr login with --expose-token".
 */
const SHORT_LIVED: ReadonlyMap<string, string> = new Map([
  ['AWS', 'of Amazon ECR, which end 12 hours after they were issued'],
  ['oauth2accesstoken', 'of Google, which end an hour after they were issued'],
  [
    '00000000-0000-0000-0000-000000000000',
    'of Azure Container Registry, which end three hours after they were issued',
  ],
]);

function endProblems(entry: ConfigEntry, nowMs: number): EntryProblem[] {
  const { username, password, identityToken, registryToken } = entry;
  const secrets = [password, identityToken, registryToken].map((secret = '') => secret.trim());
  const ends = secrets.flatMap((secret) => readExpiry(secret) ?? []);
  const [end] = ends;
  if (end !== undefined) {
    if (end.getTime() > nowMs) return [];
    const message = `the token ended at ${end.toISOString()}`;
    return [{ code: 'credential-expired', message, hint: 'Get a new one.' }];
  }
  const tokens = password === '' ? undefined : SHORT_LIVED.get(username);
  if (tokens === undefined) return [];
  const message = `the user name is that of tokens ${tokens}`;
  const hint = 'Use a credential that lives longer, a provider, or renew the entry in time.';
  return [{ code: 'credential-short-lived', message, hint }];
}
