// JSON as the kubelet's strict decoder reads it into Go structs (sigs.k8s.io/json v0.0.0-20250730, UnmarshalStrict):
// names are exact, none may be unknown or come twice, `null` leaves a field as it is. No message quotes the document.

import { expectEnd, jsonReader, nextKind, readObject, skipValue } from '../../go/json.ts';
import { JsonSyntaxError, type JsonReader } from '../../go/json-error.ts';
import { readString } from '../../go/json-string.ts';

/** Thrown inside this folder only: a document that is not what the protocol wants. */
export class MalformedDocument extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'MalformedDocument';
  }
}

/** Reads one value, whole, from its first byte. */
export type ReadValue = (reader: JsonReader) => void;

/** How an object is read. */
export interface ObjectRules {
  /** Names the object, for messages: `the answer`. */
  readonly what: string;
  readonly fields: ReadonlyMap<string, ReadValue>;
  /** Whether other fields are passed over; the kubelet itself refuses them. */
  readonly ignoreUnknown?: boolean;
}

/** Reads a document that is one object. */
export function readDocument(bytes: Uint8Array, read: ReadValue): void {
  const reader = jsonReader(bytes);
  try {
    if (nextKind(reader) !== 'object') throw new MalformedDocument('it is not a JSON object');
    read(reader);
    expectEnd(reader);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new MalformedDocument(`it is not JSON (at byte ${error.problem.offset})`);
  }
}

/** Reads an object, or the `null` that leaves all its fields as they are. */
export function readFields(reader: JsonReader, { what, fields, ignoreUnknown }: ObjectRules): void {
  readMembers(reader, what, (name) => {
    const read = fields.get(name) ?? (ignoreUnknown === true ? skipValue : undefined);
    if (read === undefined) {
      throw new MalformedDocument(
        `${what} has a field that is none of ${[...fields.keys()].join(', ')}`,
      );
    }
    read(reader);
  });
}

/** Reads a map, or the `null` that stands for an empty one. */
export function readMap(reader: JsonReader, what: string, onEntry: (name: string) => void): void {
  readMembers(reader, what, onEntry);
}

/** Reads a string, or the `null` that leaves the field as it is. */
export function readText(what: string, onText: (text: string) => void): ReadValue {
  return (reader) => {
    const kind = nextKind(reader);
    if (kind === 'null') return skipValue(reader);
    if (kind !== 'string') throw new MalformedDocument(`${what} is not a string`);
    onText(readString(reader));
  };
}

function readMembers(reader: JsonReader, what: string, onMember: (name: string) => void): void {
  const kind = nextKind(reader);
  if (kind === 'null') return skipValue(reader);
  if (kind !== 'object') throw new MalformedDocument(`${what} is not an object`);
  const seen = new Set<string>();
  readObject(reader, (name) => {
    if (seen.has(name)) throw new MalformedDocument(`a field of ${what} is there twice`);
    seen.add(name);
    onMember(name);
  });
}
