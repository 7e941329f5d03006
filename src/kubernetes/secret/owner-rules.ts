// What the API server refuses in the owners of an object. Source: k8s.io/apimachinery v0.37.2
// pkg/api/validation/objectmeta.go, ValidateOwnerReferences.

import type { DecodedObject } from '../../go/document/decode.ts';
import { isTrue, textOf } from '../../go/document/fields.ts';
import { encodeJson } from '../../go/encode-json.ts';
import { goQuote } from '../../go/quote.ts';
import type { FindingText } from '../../findings/finding.ts';

const FIELD = 'metadata.ownerReferences';
/** Each message holds all owners. */
const MAX_SHOWN = 10;
const CODE = 'owner-invalid';

/** The refusals of owner references. */
export function ownerRefusals(given: readonly DecodedObject[]): FindingText[] {
  const owners = withoutDuplicates(given);
  const controllers = owners.filter((owner) => isTrue(owner, 'controller'));
  const [first, ...others] = controllers.map(
    (owner) => `${textOf(owner, 'kind')}/${textOf(owner, 'name')}`,
  );
  const all = `[${owners.map(ownerJson).join(',')}]`;
  return [
    ...owners.flatMap((owner, index) => oneOwnerRefusals(owner, `${FIELD}[${index}]`)),
    ...others.slice(0, MAX_SHOWN).map((other) => {
      const problem = `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${other}`;
      return { code: CODE, field: FIELD, message: `Invalid value: ${all}: ${problem}` };
    }),
  ];
}

/** The API server drops what is there twice before it looks at them (endpoints/handlers/rest.go). */
function withoutDuplicates(owners: readonly DecodedObject[]): DecodedObject[] {
  return [
    ...new Map(owners.toReversed().map((owner) => [ownerJson(owner), owner])).values(),
  ].toReversed();
}

function oneOwnerRefusals(owner: DecodedObject, field: string): FindingText[] {
  const missing = ['kind', 'name', 'uid'].filter((name) => textOf(owner, name) === '');
  return [
    ...apiVersionRefusals(textOf(owner, 'apiVersion'), `${field}.apiVersion`),
    ...missing.map((name) => required(`${field}.${name}`)),
    ...eventRefusals(owner, field),
  ];
}

function required(field: string): FindingText {
  return { code: CODE, field, message: 'Required value: must not be empty' };
}

function apiVersionRefusals(apiVersion: string, field: string): FindingText[] {
  if (apiVersion === '') return [required(field)];
  const parts = apiVersion.split('/');
  if (parts.length <= 2 && parts.at(-1) !== '') return [];
  const message = `Invalid value: ${goQuote(apiVersion)}: must be <group>/<version> or <version>`;
  return [{ code: CODE, field, message }];
}

function eventRefusals(owner: DecodedObject, field: string): FindingText[] {
  if (textOf(owner, 'apiVersion') !== 'v1' || textOf(owner, 'kind') !== 'Event') return [];
  const problem = '/v1, Kind=Event is disallowed from being an owner';
  return [{ code: CODE, field, message: `Invalid value: ${ownerJson(owner)}: ${problem}` }];
}

/** As Go writes the struct. */
function ownerJson(owner: DecodedObject): string {
  const texts = ['apiVersion', 'kind', 'name', 'uid'].map((name) => [name, textOf(owner, name)]);
  const flags = ['controller', 'blockOwnerDeletion'].flatMap((name) =>
    owner.fields.has(name) ? [[name, isTrue(owner, name)]] : [],
  );
  return encodeJson(Object.fromEntries([...texts, ...flags]));
}
