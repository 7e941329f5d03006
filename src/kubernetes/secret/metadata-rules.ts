// What the API server refuses in an object's metadata. Source: k8s.io/apimachinery v0.37.2 pkg/api/validation/objectmeta.go
// and pkg/apis/meta/v1/validation/validation.go, and Kubernetes v1.37.2 pkg/apis/core/validation/validation.go,
// ValidateObjectMeta.

import type { DecodedObject } from '../../go/document/decode.ts';
import { objectsOf, textEntriesOf, textOf, textsOf } from '../../go/document/fields.ts';
import { encodeJson } from '../../go/encode-json.ts';
import { goQuote } from '../../go/quote.ts';
import type { FindingText } from '../../findings/finding.ts';
import {
  labelKeyProblems,
  labelProblems,
  labelValueProblems,
  subdomainProblems,
  withMaskedDash,
} from './kubernetes-names.ts';
import { ownerRefusals } from './owner-rules.ts';

const MAX_ANNOTATION_BYTES = 262_144;

/** The refusals in the API server's order. */
export function metadataRefusals(metadata: DecodedObject): FindingText[] {
  return [
    ...nameRefusals(metadata),
    ...invalidNames('namespace', textOf(metadata, 'namespace'), labelProblems),
    ...generationRefusals(metadata),
    ...labelRefusals(metadata),
    ...annotationRefusals(metadata),
    ...ownerRefusals(objectsOf(metadata, 'ownerReferences')),
    ...finalizerRefusals(textsOf(metadata, 'finalizers').map(({ text }) => text)),
  ];
}

function nameRefusals(metadata: DecodedObject): FindingText[] {
  const base = textOf(metadata, 'generateName');
  const given = textOf(metadata, 'name');
  const name = given === '' && base !== '' ? generatedName(base) : given;
  return [
    ...invalidNames('generateName', base, (prefix) => subdomainProblems(withMaskedDash(prefix))),
    ...(name === '' ? [NAME_REQUIRED] : invalidNames('name', name, subdomainProblems)),
  ];
}

/** Kubernetes' longest label, without the five characters that are appended. */
const MAX_BASE_LENGTH = 58;

/** As k8s.io/apiserver v0.37.2 pkg/storage/names/generate.go makes it, with x for what is random. */
function generatedName(base: string): string {
  return `${Buffer.from(base).subarray(0, MAX_BASE_LENGTH).toString('utf8')}xxxxx`;
}

const NAME_REQUIRED: FindingText = {
  code: 'name-required',
  field: 'metadata.name',
  message: 'Required value: name or generateName is required',
};

function invalidNames(
  field: string,
  value: string,
  problemsOf: (value: string) => readonly string[],
): FindingText[] {
  if (value === '') return [];
  const problems = problemsOf(value);
  return problems.map((problem) => invalid({ code: 'name-invalid', field, value, problem }));
}

interface Invalid {
  readonly code: string;
  /** In the metadata. */
  readonly field: string;
  readonly value: string;
  readonly problem: string;
}

function invalid({ code, field, value, problem }: Invalid): FindingText {
  const message = `Invalid value: ${goQuote(value)}: ${problem}`;
  return { code, field: `metadata.${field}`, message };
}

function generationRefusals(metadata: DecodedObject): FindingText[] {
  const generation = metadata.fields.get('generation');
  if (generation?.kind !== 'integer' || generation.value >= 0) return [];
  const message = `Invalid value: ${generation.value}: must be greater than or equal to 0`;
  return [{ code: 'generation-negative', field: 'metadata.generation', message }];
}

/** The API server goes through them in random order. */
function labelRefusals(metadata: DecodedObject): FindingText[] {
  return textEntriesOf(metadata, 'labels').flatMap(([key, value]) =>
    refusedLabel(key, labelKeyProblems(key)).concat(refusedLabel(value, labelValueProblems(value))),
  );
}

function refusedLabel(value: string, problems: readonly string[]): FindingText[] {
  return problems.map((problem) =>
    invalid({ code: 'label-invalid', field: 'labels', value, problem }),
  );
}

function annotationRefusals(metadata: DecodedObject): FindingText[] {
  const annotations = textEntriesOf(metadata, 'annotations');
  let size = 0;
  for (const [key, value] of annotations) size += Buffer.byteLength(key) + Buffer.byteLength(value);
  const field = 'annotations';
  const refusals = annotations.flatMap(([key]) =>
    labelKeyProblems(key.toLowerCase()).map((problem) =>
      invalid({ code: 'annotation-invalid', field, value: key, problem }),
    ),
  );
  if (size <= MAX_ANNOTATION_BYTES) return refusals;
  const message = `Too long: may not be more than ${MAX_ANNOTATION_BYTES} bytes`;
  return [...refusals, { code: 'too-long', field: `metadata.${field}`, message }];
}

const STANDARD_FINALIZERS: ReadonlySet<string> = new Set([
  'kubernetes',
  'orphan',
  'foregroundDeletion',
]);

function finalizerRefusals(finalizers: readonly string[]): FindingText[] {
  const code = 'finalizer-invalid';
  const names = finalizers.flatMap((value) =>
    labelKeyProblems(value).map((problem) =>
      invalid({ code, field: 'finalizers', value, problem }),
    ),
  );
  const unqualified = finalizers.flatMap((value, index) => {
    if (value.includes('/') || STANDARD_FINALIZERS.has(value)) return [];
    const problem = 'name is neither a standard finalizer name nor is it fully qualified';
    return [invalid({ code, field: `finalizers[${index}]`, value, problem })];
  });
  return [...names, ...exclusiveFinalizers(finalizers), ...unqualified];
}

function exclusiveFinalizers(finalizers: readonly string[]): FindingText[] {
  if (!finalizers.includes('orphan') || !finalizers.includes('foregroundDeletion')) return [];
  const problem = 'finalizer orphan and foregroundDeletion cannot be both set';
  const message = `Invalid value: ${encodeJson(finalizers)}: ${problem}`;
  return [{ code: 'finalizer-invalid', field: 'metadata.finalizers', message }];
}
