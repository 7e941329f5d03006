// Which API and kind a document says it is of. Source: k8s.io/apimachinery v0.37.2 pkg/runtime/serializer/json/meta.go,
// Interpret, and pkg/runtime/schema/group_version.go.

import { foldName } from '../fold-name.ts';
import { goQuote } from '../quote.ts';
import { goKind, type Problem } from './decode.ts';
import type { DocumentValue } from './value.ts';

/** What a document says; `''` where it says nothing. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const PREFIX = "couldn't get version/kind; json parse error: ";
const STRUCT = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;

/** Begins what Go says of a document that it cannot tell the kind of. */
export function kindProblem(goMessage: string): string {
  return `${PREFIX}${goMessage}`;
}

/** Reads the fields by Go's own JSON, to which the case of names is nothing. */
export function readGroupVersionKind(root: DocumentValue): GroupVersionKind | Problem {
  const { position } = root;
  if (root.kind === 'null') return { group: '', version: '', kind: '' };
  if (root.kind !== 'object') {
    const message = kindProblem(
      `json: cannot unmarshal ${goKind(root)} into Go value of type ${STRUCT}`,
    );
    return { message, position };
  }
  const names: Record<'apiversion' | 'kind', string> = { apiversion: '', kind: '' };
  for (const { name, value } of root.members) {
    const folded = foldName(name);
    if ((folded !== 'apiversion' && folded !== 'kind') || value.kind === 'null') continue;
    if (value.kind !== 'string') {
      const field = folded === 'kind' ? folded : 'apiVersion';
      const message = kindProblem(
        `json: cannot unmarshal ${goKind(value)} into Go struct field .${field} of type string`,
      );
      return { message, position: value.position };
    }
    names[folded] = value.text;
  }
  return parseGroupVersion(names.apiversion, { kind: names.kind, position });
}

function parseGroupVersion(
  apiVersion: string,
  { kind, position }: { kind: string; position: Problem['position'] },
): GroupVersionKind | Problem {
  const parts = apiVersion === '/' ? [] : apiVersion.split('/');
  if (parts.length > 2) {
    return { message: `unexpected GroupVersion string: ${apiVersion}`, position };
  }
  const [first = '', second] = parts;
  return second === undefined
    ? { group: '', version: first, kind }
    : { group: first, version: second, kind };
}

/** What Go says of a kind that it has no type for. */
export function notRegistered({ group, version, kind }: GroupVersionKind): string {
  const api = group === '' ? version : `${group}/${version}`;
  const where =
    version === '__internal'
      ? `the internal version of group ${goQuote(group)}`
      : `version ${goQuote(api)}`;
  return `no kind ${goQuote(kind)} is registered for ${where}`;
}
