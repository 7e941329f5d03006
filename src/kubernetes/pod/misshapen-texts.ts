// Texts of a pod that are none: in YAML 1.1, `on` is a boolean and `1_0` a number, and the API server decodes neither as a
// text (k8s.io/apimachinery v0.37.2 pkg/apis/meta/v1/types.go, k8s.io/api v0.37.2 core/v1/types.go).

import { isRecord } from '../../util/is-record.ts';
import { follow, isAbsent, type FieldPath } from './field-path.ts';
import type { PodTemplateProblem } from './image-refusals.ts';
import { textAt } from './named-images.ts';

const OF_METADATA = ['namespace', 'name', 'generateName'];
const MAPS = ['annotations', 'labels'];
/** By these it is decided whose pull secrets a pod has. */
const OF_SPEC = ['serviceAccountName', 'serviceAccount'];

/**
 * Finds those of an object, of the pod that it makes, and of the pod's spec.
 *
 * @param specPath - Where in the object the pod's spec stands.
 */
export function misshapenTexts(object: object, specPath: FieldPath): PodTemplateProblem[] {
  const ofPod = specPath.slice(0, -1);
  const isTemplate = ofPod.length > 0 && isRecord(follow(object, ofPod).value);
  const spec = follow(object, specPath).value;
  return [
    ...inMetadata(object, ['metadata']),
    ...(isTemplate ? inMetadata(object, [...ofPod, 'metadata']) : []),
    ...(isRecord(spec) ? OF_SPEC.flatMap((one) => textAt(spec, [one], specPath).problems) : []),
  ];
}

function inMetadata(object: object, path: FieldPath): PodTemplateProblem[] {
  return [
    ...OF_METADATA.flatMap((field) => textAt(object, [...path, field]).problems),
    ...MAPS.flatMap((field) => misshapenMap(object, [...path, field])),
  ];
}

function misshapenMap(object: object, path: FieldPath): PodTemplateProblem[] {
  const { value } = follow(object, path);
  const isMap =
    isAbsent(value) ||
    (isRecord(value) &&
      Object.values(value).every((one) => isAbsent(one) || typeof one === 'string'));
  return isMap ? [] : [{ fieldPath: path, message: 'must be a map of strings' }];
}
