// What the API server refuses before it looks at a Secret's meaning: a request that is too large, another version, values
// of wrong types and unknown fields, in its words (k8s.io/apiserver v0.37.2 pkg/endpoints/handlers/create.go, with the
// strict field validation that kubectl asks for).

import {
  decodeObject,
  reportedTypeProblem,
  type DecodedObject,
  type Decoding,
  type TypeProblem,
} from '../../go/document/decode.ts';
import { documentOf, measureObject } from '../../go/document/from-object.ts';
import {
  kindProblem,
  notRegistered,
  readGroupVersionKind,
} from '../../go/document/group-version-kind.ts';
import { goQuote } from '../../go/quote.ts';
import type { DocumentValue } from '../../go/document/value.ts';
import { apiServerError, type Finding } from '../../findings/finding.ts';
import { SECRET_DEPTH, SECRET_SHAPE } from './secret-shape.ts';
import { has } from '../../util/own.ts';

/** A Secret's fields as the API server takes them, or why it takes none. */
export type DecodedSecret =
  { readonly secret: DecodedObject } | { readonly refusals: readonly Finding[] };

const REFUSAL = 'Secret in version "v1" cannot be handled as a Secret: ';
const UNRECOGNIZED = 'the object provided is unrecognized (must be of type Secret): ';
/** k8s.io/apiserver v0.37.2 pkg/server/config.go, MaxRequestBodyBytes. */
const MAX_REQUEST_BYTES = 3_145_728;
/** Go's encoding/json refuses deeper nesting (scanner.go, maxNestingDepth). */
const MAX_JSON_DEPTH = 10_000;

/** Decodes a Secret in the order in which kubectl sends its fields. */
export function decodeSecret(object: Readonly<Record<string, unknown>>): DecodedSecret {
  const unreadable = unreadableRequest(object);
  if (unreadable !== undefined) return { refusals: [unreadable] };
  const document = documentOf(object, SECRET_DEPTH);
  const foreign = foreignVersion(document);
  if (foreign !== undefined) return { refusals: [foreign] };
  const decoding: Decoding = { typeProblems: [], strictProblems: [] };
  const secret = decodeObject(decoding, document, SECRET_SHAPE);
  const refusals = [...typeRefusals(decoding), ...strictRefusals(decoding)];
  return refusals.length === 0 ? { secret } : { refusals };
}

function unreadableRequest(object: unknown): Finding | undefined {
  const { bytes, depth } = measureObject(object, MAX_REQUEST_BYTES);
  if (bytes > MAX_REQUEST_BYTES) {
    const message = `Request entity too large: limit is ${MAX_REQUEST_BYTES}`;
    return apiServerError({ code: 'too-long', field: '', message });
  }
  if (depth <= MAX_JSON_DEPTH) return undefined;
  // Go names the byte that opens one level too many; that is a bracket in all that a Secret can hold.
  const message = UNRECOGNIZED + kindProblem("invalid character '[' exceeded max depth");
  return apiServerError({ code: 'too-deep', field: '', message });
}

function foreignVersion(document: DocumentValue): Finding | undefined {
  const named = readGroupVersionKind(document);
  const field = 'apiVersion';
  if (has(named, 'message')) {
    // The API server quotes the beginning of the object behind it.
    const message = UNRECOGNIZED + named.message;
    return apiServerError({ code: 'version-unknown', field, message, hint: VERSION_HINT });
  }
  const { group } = named;
  const version = named.version === '' && group === '' ? 'v1' : named.version;
  if (group === '' && version === 'v1') return undefined;
  const unknown =
    version === ''
      ? "Object 'apiVersion' is missing"
      : `${notRegistered({ group, version, kind: 'Secret' })} in scheme "pkg/runtime/scheme.go:111"`;
  const message = `Secret in version ${goQuote(version)} cannot be handled as a Secret: ${unknown}`;
  return apiServerError({ code: 'version-unknown', field, message, hint: VERSION_HINT });
}

const VERSION_HINT = 'The apiVersion of a Secret is v1.';

/** The API server names only one of them, which is the first here. */
function typeRefusals(decoding: Decoding): Finding[] {
  const first = reportedTypeProblem(decoding);
  if (first === undefined) return [];
  const others = decoding.typeProblems.filter((problem) => problem !== first);
  return [first, ...others].map(typeRefusal);
}

function typeRefusal({ message, field, value }: TypeProblem): Finding {
  const whole = REFUSAL + message;
  if (message.startsWith('illegal base64')) {
    // Of nothing else it is said.
    const hint = base64Hint((value as Extract<DocumentValue, { kind: 'string' }>).text);
    return apiServerError({ code: 'base64-invalid', field, message: whole, hint });
  }
  if (message.startsWith('parsing time')) {
    const hint = 'Write the time as 2006-01-02T15:04:05Z, or leave it out: the API server sets it.';
    return apiServerError({ code: 'time-invalid', field, message: whole, hint });
  }
  const isScalar = value.kind === 'number' || value.kind === 'boolean';
  const hint = isScalar ? SCALAR_HINT : undefined;
  return apiServerError({ code: 'type-mismatch', field, message: whole, hint });
}

const SCALAR_HINT = 'Quote the value: YAML took it for something else than text.';

function base64Hint(value: string): string {
  if (/^\s*[{[]/.test(value)) {
    return 'The value looks like JSON that was not encoded: put it under stringData, or encode it.';
  }
  if (/^[\w-]+={0,2}$/.test(value) && /[-_]/.test(value)) {
    return 'The value is URL-safe base64: encode it with the standard alphabet, which has + and /.';
  }
  if (/^[A-Za-z0-9+/\r\n]+$/.test(value)) {
    return 'The padding is missing: the length of base64 is a multiple of 4, filled up with =.';
  }
  return 'Encode the bytes with base64 -w0, or put the text under stringData.';
}

/** The API server names them all at once. */
function strictRefusals({ typeProblems, strictProblems }: Decoding): Finding[] {
  const [first] = strictProblems;
  if (first === undefined || typeProblems.length > 0) return [];
  const all = strictProblems.map(({ message }) => message).join(', ');
  return [
    apiServerError({
      code: 'field-unknown',
      field: first.field,
      message: `${REFUSAL}strict decoding error: ${all}`,
      hint: 'Check its spelling, upper and lower case included, and its indentation.',
    }),
  ];
}
