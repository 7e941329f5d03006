// One registry entry of a Docker configuration (Kubernetes v1.37.2 pkg/credentialprovider/config.go, UnmarshalJSON).

import { decodeAuthField, type DecodedAuth } from './auth-field.ts';
import { addProblem, mismatch, readStringOrNull, type Decoding } from './decoding.ts';
import { foldName } from '../go/fold-name.ts';
import { readString } from '../go/json-string.ts';
import { nextKind, readObject, skipValue } from '../go/json.ts';

/** One registry entry, as it stands in a document. */
export interface ConfigEntry {
  /** The entry's name as written: a host, maybe with scheme, port, path or globs. */
  readonly rawKey: string;
  readonly username: string;
  readonly password: string;
  readonly email?: string | undefined;
  readonly identityToken?: string | undefined;
  readonly registryToken?: string | undefined;
  /** A token that is there and does not count, as a kubelet reads no tokens. */
  readonly ignoredToken?: IgnoredToken | undefined;
  /** A field that says something else than `auth`, which counts. */
  readonly overruled?: OverruledField | undefined;
  /** `username:password` as bytes, kept where they are not UTF-8. */
  readonly basicBytes?: Uint8Array | undefined;
}

/** The fields that `auth` stands for. */
type OverruledField = 'username' | 'password';

/** Which of the two kinds of token a kubelet ignores in an entry, as a phrase. */
export type IgnoredToken = 'identity token' | 'registry token';

interface EntryFields {
  username: string;
  password: string;
  email: string;
  auth: string;
  identitytoken: string;
  registrytoken: string;
  ignoredToken: IgnoredToken | undefined;
}

interface FieldRule {
  readonly field: Exclude<keyof EntryFields, 'ignoredToken'>;
  readonly reason: string;
  /** Whether the kubelet knows the field. */
  readonly strict: boolean;
}

const FIELD_RULES: ReadonlyMap<string, FieldRule> = new Map(
  (['username', 'password', 'email', 'auth', 'identitytoken', 'registrytoken'] as const).map(
    (field) => {
      const reason = `"${field}" must be a string`;
      return [field, { field, reason, strict: !field.endsWith('token') }];
    },
  ),
);

/** Reads an entry's value; `undefined` when something in it is wrong. */
export function readEntry(
  decoding: Decoding,
  rawKey: string,
  offset: number,
): ConfigEntry | undefined {
  const problemsBefore = decoding.problems.count;
  const fields: EntryFields = {
    username: '',
    password: '',
    email: '',
    auth: '',
    identitytoken: '',
    registrytoken: '',
    ignoredToken: undefined,
  };
  const kind = nextKind(decoding.reader);
  if (kind === 'object') {
    readObject(decoding.reader, (name) => readEntryField(decoding, { fields, name, rawKey }));
  } else {
    mismatch(decoding, kind === 'null', { ...ENTRY_RULE, rawKey });
  }
  if (decoding.problems.count > problemsBefore) return undefined;
  return completeEntry(decoding, { fields, rawKey, offset });
}

const ENTRY_RULE = { reason: 'an entry must be an object', strict: true };

interface EntryField {
  readonly fields: EntryFields;
  readonly name: string;
  readonly rawKey: string;
}

function readEntryField(decoding: Decoding, { fields, name, rawKey }: EntryField): void {
  const rule = FIELD_RULES.get(name) ?? FIELD_RULES.get(foldName(name));
  if (rule === undefined) return skipValue(decoding.reader);
  const { field, reason, strict } = rule;
  if (!strict && !decoding.options.tokens) return ignoreToken(decoding, fields, field);
  const value = readStringOrNull(decoding, { reason, strict, rawKey });
  if (value !== undefined) fields[field] = value;
}

/** Of whatever type: the kubelet does not know the field. */
function ignoreToken({ reader }: Decoding, fields: EntryFields, field: FieldRule['field']): void {
  if (nextKind(reader) !== 'string') return skipValue(reader);
  const name = field === 'identitytoken' ? 'identity token' : 'registry token';
  if (readString(reader) !== '') fields.ignoredToken ??= name;
}

function textOrNone(text: string): string | undefined {
  return text === '' ? undefined : text;
}

const COLON_LOST =
  '"auth" counts, and cannot hold the user name of "username", which has a colon: leave "auth" out';

/** kubectl writes a user name with a colon into both, and all who decode "auth" split it at the first colon. */
function losesColon({ username }: EntryFields, auth: DecodedAuth): boolean {
  return username.includes(':') && username !== auth.username;
}

/** Which field beside `auth` says something else, and does not count. */
function overruledBy(fields: EntryFields, auth: DecodedAuth): OverruledField | undefined {
  return (['username', 'password'] as const).find(
    (name) => fields[name] !== '' && fields[name] !== auth[name],
  );
}

interface RawEntry {
  readonly fields: EntryFields;
  readonly rawKey: string;
  readonly offset: number;
}

function completeEntry(
  decoding: Decoding,
  { fields, rawKey, offset }: RawEntry,
): ConfigEntry | undefined {
  const auth = fields.auth === '' ? undefined : decodeAuthField(fields.auth);
  if (typeof auth === 'string') {
    const code = 'auth-malformed';
    addProblem(decoding.problems, { code, reason: auth, offset, strict: true, rawKey });
    return undefined;
  }
  const isColonLost = auth !== undefined && losesColon(fields, auth);
  if (isColonLost) {
    const code = 'username-colon';
    addProblem(decoding.problems, { code, reason: COLON_LOST, offset, strict: false, rawKey });
  }
  return {
    rawKey,
    username: fields.username,
    password: fields.password,
    // Every field stands in it, so that none comes from a prototype.
    email: textOrNone(fields.email),
    identityToken: textOrNone(fields.identitytoken),
    registryToken: textOrNone(fields.registrytoken),
    ignoredToken: fields.ignoredToken,
    overruled: auth === undefined || isColonLost ? undefined : overruledBy(fields, auth),
    basicBytes: undefined,
    ...auth,
  };
}

/**
 * Whether an entry holds nothing to authenticate with. Docker leaves entries that are empty, or hold an e-mail
 * address or a user name alone, beside its stores (docker/cli `cli/config/credentials/native_store_test.go`).
 */
export function isPlaceholder({ password, identityToken, registryToken }: ConfigEntry): boolean {
  const hasToken = identityToken !== undefined || registryToken !== undefined;
  return password === '' && !hasToken;
}
