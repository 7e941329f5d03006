// Where in a text of YAML or JSON a value stands.

import type { DocumentMember, DocumentValue, ObjectValue } from '../../go/document/value.ts';
import type { FieldPath } from '../pod/field-path.ts';

/** The line, from 1, on which a value begins; `undefined` for what is not there. */
export type LineFinder = (fieldPath: FieldPath) => number | undefined;

/** Finds places in a document; each object's names are gone through only once. */
export function createLineFinder(root: DocumentValue): LineFinder {
  const membersOf = new Map<ObjectValue, ReadonlyMap<string, DocumentMember>>();

  function child(parent: DocumentValue, step: string | number): DocumentValue | undefined {
    if (parent.kind === 'array') return parent.items[Number(step)];
    if (parent.kind !== 'object') return undefined;
    // Of two equal keys the last counts.
    const members =
      membersOf.get(parent) ?? new Map(parent.members.map((member) => [member.name, member]));
    membersOf.set(parent, members);
    return members.get(String(step))?.value;
  }

  return (fieldPath) => {
    let value: DocumentValue | undefined = root;
    for (const step of fieldPath) value = value === undefined ? undefined : child(value, step);
    return value?.position.line;
  };
}
