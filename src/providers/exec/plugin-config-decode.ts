// A tree of values decoded into the shape of a CredentialProviderConfig, as strictly as the kubelet does it. Source:
// sigs.k8s.io/json (UnmarshalStrict), which is Go's encoding/json but for the case of names and these errors.

import type { DocumentPosition } from '../../errors.ts';
import { readGoDuration } from './go-duration.ts';
import { goQuote } from '../../config/go-quote.ts';
import type { ObjectShape, Shape } from './plugin-config-shape.ts';
import type { ConfigMember, ConfigValue } from './plugin-config-value.ts';

/** A decoded value, with its place. */
export type Decoded = { readonly position: DocumentPosition } & (
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'duration'; readonly nanoseconds: bigint }
  | { readonly kind: 'list'; readonly items: readonly Decoded[] }
  | DecodedObject
);

/** A decoded object. */
export interface DecodedObject {
  readonly kind: 'object';
  readonly position: DocumentPosition;
  /** By the member's name in v1; what is absent or null is not here. */
  readonly fields: ReadonlyMap<string, Decoded>;
}

/** Something that is wrong in a document. */
export interface Problem {
  /** In the kubelet's words. */
  readonly message: string;
  readonly position: DocumentPosition;
}

/** A value of a wrong type. */
interface TypeProblem extends Problem {
  /** Whether Go's reader goes no further: a type's own reader failed. */
  readonly endsReading: boolean;
}

/** What came of a document. */
export interface Decoding {
  /** Values of a wrong type. The kubelet reports the first, but for one that ends the reading: that one. */
  readonly typeProblems: TypeProblem[];
  /** What only a strict reader minds. */
  readonly strictProblems: Problem[];
}

/** Where in the types the decoding is. */
interface Place {
  /** The struct whose field is being read. */
  readonly structName: string;
  /** The field in Go's words: `providers.matchImages`. */
  readonly field: string;
  /** The field in the strict reader's words: `providers[0].matchImages`. */
  readonly path: string;
}

/** Decodes an object; problems go into `decoding`. */
export function decodeObject(
  decoding: Decoding,
  value: Extract<ConfigValue, { kind: 'object' }>,
  shape: ObjectShape,
): DecodedObject {
  return decodeMembers(decoding, { value, shape }, { structName: '', field: '', path: '' });
}

function decodeMembers(
  decoding: Decoding,
  { value, shape }: { value: Extract<ConfigValue, { kind: 'object' }>; shape: ObjectShape },
  place: Place,
): DecodedObject {
  const fields = new Map<string, Decoded>();
  const seen = new Set<string>();
  for (const member of value.members) {
    const inner = innerPlace(place, member, shape);
    const field = shape.fields.get(member.name);
    if (field === undefined) {
      addStrict(decoding, `unknown field ${shownPath(inner.path)}`, member.position);
      continue;
    }
    if (seen.has(member.name)) {
      addStrict(decoding, `duplicate field ${goQuote(inner.path)}`, member.position);
    }
    seen.add(member.name);
    const decoded = decodeValue(decoding, { value: member.value, shape: field.shape }, inner);
    if (decoded !== undefined) fields.set(field.key, decoded);
  }
  return { kind: 'object', position: value.position, fields };
}

function innerPlace(place: Place, { name }: ConfigMember, { structName }: ObjectShape): Place {
  return {
    structName,
    field: place.field === '' ? name : `${place.field}.${name}`,
    path: place.path === '' ? name : `${place.path}.${name}`,
  };
}

/** Where a space is missing, as in `{value:x}`, a variable's value is part of what looks like a field. */
function shownPath(path: string): string {
  const variable = path.search(/[.\]]env\[\d+\]\./i);
  const colon = variable < 0 ? -1 : path.indexOf(':', variable);
  return goQuote(colon < 0 ? path : `${path.slice(0, colon + 1)}[redacted]`);
}

/** The strict reader keeps no more of its problems. */
const MAX_STRICT_PROBLEMS = 100;

function addStrict(
  { strictProblems }: Decoding,
  message: string,
  position: DocumentPosition,
): void {
  if (strictProblems.length >= MAX_STRICT_PROBLEMS) return;
  if (!strictProblems.some((one) => one.message === message)) {
    strictProblems.push({ message, position });
  }
}

/** `undefined` for null, which leaves a field as it is, and for what has a wrong type. */
function decodeValue(
  decoding: Decoding,
  { value, shape }: { value: ConfigValue; shape: Shape },
  place: Place,
): Decoded | undefined {
  const { position } = value;
  if (value.kind === 'null') return undefined;
  if (value.kind === 'string' && shape.kind === 'duration') {
    return decodeDuration(decoding, value.text, position);
  }
  if (value.kind === 'array' && shape.kind === 'list') {
    const items = value.items.flatMap((item, index) =>
      decodeItem(
        decoding,
        { value: item, shape: shape.of },
        { ...place, path: `${place.path}[${index}]` },
      ),
    );
    return { kind: 'list', position, items };
  }
  if (value.kind === 'object' && shape.kind === 'object') {
    return decodeMembers(decoding, { value, shape }, place);
  }
  if (isScalarOf(value, shape)) return value;
  const message = `json: cannot unmarshal ${goKind(value)} into Go struct field ${place.structName}.${place.field} of type ${shape.goType}`;
  decoding.typeProblems.push({ message, position, endsReading: shape.kind === 'duration' });
  return undefined;
}

function isScalarOf(
  value: ConfigValue,
  shape: Shape,
): value is Extract<ConfigValue, { kind: 'string' | 'boolean' }> {
  return value.kind === shape.kind && (value.kind === 'string' || value.kind === 'boolean');
}

/** In a list, null is an empty element. */
function decodeItem(
  decoding: Decoding,
  { value, shape }: { value: ConfigValue; shape: Shape },
  place: Place,
): Decoded[] {
  const { position } = value;
  if (value.kind === 'null') {
    return shape.kind === 'object'
      ? [{ kind: 'object', position, fields: new Map() }]
      : [{ kind: 'string', position, text: '' }];
  }
  const decoded = decodeValue(decoding, { value, shape }, place);
  return decoded === undefined ? [] : [decoded];
}

function decodeDuration(
  { typeProblems }: Decoding,
  text: string,
  position: DocumentPosition,
): Decoded | undefined {
  const reading = readGoDuration(text);
  if (reading.nanoseconds !== undefined) {
    return { kind: 'duration', position, nanoseconds: reading.nanoseconds };
  }
  typeProblems.push({ message: reading.problem, position, endsReading: true });
  return undefined;
}

/** As Go's JSON names what stands there. */
export function goKind({ kind }: ConfigValue): string {
  return kind === 'boolean' ? 'bool' : kind;
}
