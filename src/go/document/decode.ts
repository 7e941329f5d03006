// A tree of values decoded into Go types, as strictly as Kubernetes does it. Source: sigs.k8s.io/json (UnmarshalStrict),
// which is Go's encoding/json but for the case of names and these errors.

import type { DocumentPosition } from '../../errors.ts';
import { goQuote } from '../quote.ts';
import { decodeDataValue } from '../base64.ts';
import type { DecodedText, ObjectShape, Shape } from './shape.ts';
import type { DocumentMember, DocumentValue, ObjectValue } from './value.ts';
import { has } from '../../util/own.ts';

/** A decoded value, with its place. */
export type Decoded = { readonly position: DocumentPosition } & (
  | DecodedText
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'list'; readonly items: readonly Decoded[] }
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, Decoded> }
  | { readonly kind: 'any' }
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
  /** In Go's words. */
  readonly message: string;
  readonly position: DocumentPosition;
}

/** Something that is wrong in a field. */
interface FieldProblem extends Problem {
  /** Where: `providers[0].matchImages`, `data[key]`. */
  readonly field: string;
}

/** A value of a wrong type. */
export interface TypeProblem extends FieldProblem {
  readonly value: DocumentValue;
  /** What it must be. */
  readonly shape: Shape;
  /** Whether Go's reader goes no further: a type's own reader failed. */
  readonly endsReading: boolean;
}

/** What came of a document. */
export interface Decoding {
  /** Values of a wrong type, of many the first hundred. */
  readonly typeProblems: TypeProblem[];
  /** What only a strict reader minds. */
  readonly strictProblems: FieldProblem[];
}

/** Where in the types the decoding is. */
interface Place {
  /** The struct whose field is being read. */
  readonly structName: string | undefined;
  /** The field in Go's words: `providers.matchImages`. */
  readonly field: string;
  readonly path: string;
}

/** The strict reader keeps no more of its problems, and nobody reads more of the others. */
const MAX_PROBLEMS = 100;

/** Decodes an object; problems go into `decoding`. */
export function decodeObject(
  decoding: Decoding,
  value: ObjectValue,
  shape: ObjectShape,
): DecodedObject {
  return decodeMembers(decoding, { value, shape }, { structName: '', field: '', path: '' });
}

/** The one of the problems with types that Go reports. */
export function reportedTypeProblem({ typeProblems }: Decoding): TypeProblem | undefined {
  return typeProblems.find(({ endsReading }) => endsReading) ?? typeProblems[0];
}

function decodeMembers(
  decoding: Decoding,
  { value, shape }: { value: ObjectValue; shape: ObjectShape },
  place: Place,
): DecodedObject {
  const fields = new Map<string, Decoded>();
  const seen = new Set<string>();
  for (const member of value.members) {
    const inner = innerPlace(place, member, shape);
    const field = shape.fields.get(member.name);
    if (field === undefined) {
      addStrict(decoding, inner, { what: `unknown field ${shownPath(inner.path)}`, member });
      continue;
    }
    if (seen.has(member.name)) {
      addStrict(decoding, inner, { what: `duplicate field ${goQuote(inner.path)}`, member });
    }
    seen.add(member.name);
    const decoded = decodeValue(decoding, { value: member.value, shape: field.shape }, inner);
    if (decoded !== undefined) fields.set(field.key, decoded);
  }
  return { kind: 'object', position: value.position, fields };
}

function innerPlace(place: Place, { name }: DocumentMember, { structName }: ObjectShape): Place {
  return {
    structName,
    field: place.field === '' ? name : `${place.field}.${name}`,
    path: place.path === '' ? name : `${place.path}.${name}`,
  };
}

/** Where a space is missing, as in `{value:x}`, a variable's value is part of what looks like a field. */
function shownPath(path: string): string {
  return goQuote(path.replace(/([.\]]env\[\d+\]\.[^:]*:).+$/is, '$1[redacted]'));
}

function addStrict(
  { strictProblems }: Decoding,
  { path }: Place,
  { what, member }: { what: string; member: DocumentMember },
): void {
  if (strictProblems.length >= MAX_PROBLEMS) return;
  if (strictProblems.some(({ message }) => message === what)) return;
  strictProblems.push({ message: what, position: member.position, field: path });
}

function addTypeProblem(
  { typeProblems }: Decoding,
  { path }: Place,
  problem: { message: string; endsReading?: boolean } & Typed,
): void {
  const { message, value, shape, endsReading = false } = problem;
  const isFull = typeProblems.length >= MAX_PROBLEMS;
  if (isFull && (!endsReading || typeProblems.some((one) => one.endsReading))) return;
  typeProblems.push({ message, value, shape, endsReading, field: path, position: value.position });
}

interface Typed<T extends Shape = Shape, V extends DocumentValue = DocumentValue> {
  readonly value: V;
  readonly shape: T;
}

/** `undefined` for null, which leaves a field as it is, and for what has a wrong type. */
function decodeValue(decoding: Decoding, typed: Typed, place: Place): Decoded | undefined {
  const { value, shape } = typed;
  if (value.kind === 'null') return undefined;
  if (shape.kind === 'any') return { kind: 'any', position: value.position };
  const decoded =
    value.kind === 'object' || value.kind === 'array'
      ? decodeContainer(decoding, { value, shape }, place)
      : decodeScalar(decoding, { value, shape }, place);
  if (decoded === 'mismatch') {
    const message = mismatchMessage(typed, place);
    addTypeProblem(decoding, place, { message, ...typed, endsReading: shape.kind === 'text' });
    return undefined;
  }
  return decoded;
}

type ContainerValue = Extract<DocumentValue, { kind: 'object' | 'array' }>;

function decodeContainer(
  decoding: Decoding,
  { value, shape }: Typed<Shape, ContainerValue>,
  place: Place,
): Decoded | 'mismatch' {
  if (value.kind === 'object') {
    if (shape.kind === 'object') return decodeMembers(decoding, { value, shape }, place);
    return shape.kind === 'map'
      ? decodeMap(decoding, { members: value.members, of: shape.of, value }, place)
      : 'mismatch';
  }
  const { position, items } = value;
  if (shape.kind === 'bytes') return decodeByteList(decoding, value, place);
  if (shape.kind !== 'list') return 'mismatch';
  const decoded = items.flatMap((item, index) => {
    const inner = { ...place, path: `${place.path}[${index}]` };
    return decodeElement(decoding, { value: item, shape: shape.of }, inner) ?? [];
  });
  return { kind: 'list', position, items: decoded };
}

function decodeMap(
  decoding: Decoding,
  { members, of, value }: { members: readonly DocumentMember[]; of: Shape; value: DocumentValue },
  place: Place,
): Decoded {
  const entries = new Map<string, Decoded>();
  for (const member of members) {
    const inner = { ...place, path: `${place.path}[${member.name}]` };
    const decoded = decodeElement(decoding, { value: member.value, shape: of }, inner);
    if (decoded !== undefined) entries.set(member.name, decoded);
  }
  return { kind: 'map', position: value.position, entries };
}

/** In a list or map, null is an empty element. */
function decodeElement(decoding: Decoding, typed: Typed, place: Place): Decoded | undefined {
  const { value, shape } = typed;
  if (value.kind !== 'null') return decodeValue(decoding, typed, place);
  const { position } = value;
  if (shape.kind === 'object') return { kind: 'object', position, fields: new Map() };
  if (shape.kind === 'bytes') return { kind: 'bytes', position, bytes: new Uint8Array() };
  return { kind: 'string', position, text: '' };
}

/** Bytes as a list of numbers, in which null is 0. */
function decodeByteList(
  decoding: Decoding,
  { items, position }: Extract<DocumentValue, { kind: 'array' }>,
  place: Place,
): Decoded {
  const shape = { kind: 'integer', goType: 'uint8' } as const;
  const bytes = items.map((item) => {
    if (item.kind === 'number' && /^\d{1,3}$/.test(item.text) && Number(item.text) < 256) {
      return Number(item.text);
    }
    if (item.kind !== 'null') {
      const message = mismatchMessage({ value: item, shape }, place);
      addTypeProblem(decoding, place, { message, value: item, shape });
    }
    return 0;
  });
  return { kind: 'bytes', position, bytes: Uint8Array.from(bytes) };
}

type ScalarValue = Exclude<DocumentValue, ContainerValue | { kind: 'null' }>;

function decodeScalar(
  decoding: Decoding,
  { value, shape }: Typed<Shape, ScalarValue>,
  place: Place,
): Decoded | undefined | 'mismatch' {
  if (value.kind === 'string') return decodeString(decoding, { value, shape }, place);
  if (value.kind === 'boolean') return shape.kind === 'boolean' ? value : 'mismatch';
  const { text, position } = value;
  if (shape.kind !== 'integer' || !isInt64(text)) return 'mismatch';
  return { kind: 'integer', position, value: Number(text) };
}

function isInt64(text: string): boolean {
  if (!/^-?\d{1,19}$/.test(text)) return false;
  return BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

function decodeString(
  decoding: Decoding,
  { value, shape }: Typed<Shape, Extract<DocumentValue, { kind: 'string' }>>,
  place: Place,
): Decoded | undefined | 'mismatch' {
  const { text, position } = value;
  if (shape.kind === 'string') return value;
  if (shape.kind === 'text') {
    const reading = shape.read(text);
    if (!has(reading, 'problem')) return { ...reading, position };
    addTypeProblem(decoding, place, { message: reading.problem, value, shape, endsReading: true });
    return undefined;
  }
  if (shape.kind !== 'bytes') return 'mismatch';
  const decoded = decodeDataValue(text);
  if (has(decoded, 'bytes')) return { kind: 'bytes', position, bytes: decoded.bytes };
  const message = `illegal base64 data at input byte ${decoded.illegalAt}`;
  addTypeProblem(decoding, place, { message, value, shape });
  return undefined;
}

function mismatchMessage({ value, shape }: Typed, { structName, field }: Place): string {
  const what =
    value.kind === 'number' && shape.kind === 'integer' ? `number ${value.text}` : goKind(value);
  return `json: cannot unmarshal ${what} into Go struct field ${String(structName)}.${field} of type ${String(shape.goType)}`;
}

/** As Go's JSON names what stands there. */
export function goKind({ kind }: DocumentValue): string {
  return kind === 'boolean' ? 'bool' : kind;
}
