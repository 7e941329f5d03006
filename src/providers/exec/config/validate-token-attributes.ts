// The rules for `tokenAttributes`. Source: Kubernetes v1.37.2 pkg/credentialprovider/plugin/config.go.

import { goQuote } from '../../../go/quote.ts';
import type { DecodedObject } from '../../../go/document/decode.ts';
import { textOf, textsOf } from '../../../go/document/fields.ts';
import { annotationKeyProblems } from './validate-annotation-keys.ts';
import type { Report } from './validate-plugin-config.ts';

/** The version of the plugin API that knows service-account tokens. */
export const TOKEN_API_VERSION = 'credentialprovider.kubelet.k8s.io/v1';
const CACHE_TYPES = ['ServiceAccount', 'Token'];
const REQUIRED_KEYS = 'requiredServiceAccountAnnotationKeys';
const OPTIONAL_KEYS = 'optionalServiceAccountAnnotationKeys';

/** Reports what is wrong with the attributes of a provider that is asked in a version of the plugin API. */
export function tokenAttributeProblems(
  attributes: DecodedObject,
  apiVersion: string,
  report: Report,
): void {
  const reportField: Report = (field, message, at = attributes) =>
    report(field === '' ? 'tokenAttributes' : `tokenAttributes.${field}`, message, at);
  if (textOf(attributes, 'serviceAccountTokenAudience') === '') {
    reportField('serviceAccountTokenAudience', 'Required value');
  }
  const required = attributes.fields.get('requireServiceAccount');
  if (required === undefined) reportField('requireServiceAccount', 'Required value');
  if (apiVersion !== TOKEN_API_VERSION) {
    const message = `Forbidden: tokenAttributes is only supported for ${TOKEN_API_VERSION} API version`;
    reportField('', message);
  }
  if (
    required?.kind === 'boolean' &&
    !required.value &&
    textsOf(attributes, REQUIRED_KEYS).length > 0
  ) {
    const message = `Forbidden: requireServiceAccount cannot be false when ${REQUIRED_KEYS} is set`;
    reportField(REQUIRED_KEYS, message, attributes.fields.get(REQUIRED_KEYS));
  }
  validateKeys(attributes, REQUIRED_KEYS, reportField);
  validateKeys(attributes, OPTIONAL_KEYS, reportField);
  validateDisjoint(attributes, reportField);
  validateCacheType(attributes, reportField);
}

function validateKeys(attributes: DecodedObject, name: string, report: Report): void {
  const seen = new Set<string>();
  for (const key of textsOf(attributes, name)) {
    const shown = goQuote(key.text);
    for (const problem of annotationKeyProblems(key.text)) {
      report(name, `Invalid value: ${shown}: ${problem}`, key);
    }
    if (seen.has(key.text)) report(name, `Duplicate value: ${shown}`, key);
    seen.add(key.text);
  }
}

function validateDisjoint(attributes: DecodedObject, report: Report): void {
  const required = new Set(textsOf(attributes, REQUIRED_KEYS).map(({ text }) => text));
  const optional = new Set(textsOf(attributes, OPTIONAL_KEYS).map(({ text }) => text));
  const both = [...required].filter((key) => optional.has(key)).toSorted();
  if (both.length === 0) return;
  const shown = goJson(both);
  report('', `Invalid value: ${shown}: annotation keys cannot be both required and optional`);
}

function validateCacheType(attributes: DecodedObject, report: Report): void {
  const cacheType = textOf(attributes, 'cacheType');
  const at = attributes.fields.get('cacheType');
  if (cacheType === '') {
    const values = CACHE_TYPES.join(', ');
    const message = `Required value: cacheType is required to be set when tokenAttributes is specified. Supported values are: ${values}`;
    report('cacheType', message, at);
  } else if (!CACHE_TYPES.includes(cacheType)) {
    const supported = CACHE_TYPES.map(goQuote).join(', ');
    const message = `Unsupported value: ${goJson(cacheType)}: supported values: ${supported}`;
    report('cacheType', message, at);
  }
}

/** As Go's json.Marshal, which escapes for HTML. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => String.raw`\u` + Number(character.codePointAt(0)).toString(16).padStart(4, '0'),
  );
}
