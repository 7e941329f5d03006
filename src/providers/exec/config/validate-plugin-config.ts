// Every rule for a CredentialProviderConfig, in the kubelet's words. Source: Kubernetes v1.37.2
// pkg/credentialprovider/plugin/config.go, validateCredentialProviderConfig, with
// KubeletServiceAccountTokenForCredentialProviders on, as it is by default.

import { formatNanoseconds } from '../../../go/duration.ts';
import { encodeJson } from '../../../go/encode-json.ts';
import { goQuote } from '../../../go/quote.ts';
import type { Decoded, DecodedObject, Problem } from '../../../go/document/decode.ts';
import { textOf, textsOf } from '../../../go/document/fields.ts';
import { annotationKeyProblems } from './validate-annotation-keys.ts';
import type { DecodedProvider } from './plugin-config-document.ts';
import { API_VERSIONS } from './plugin-config-types.ts';
import { matchImageProblem, withoutUserInfo } from './validate-match-image.ts';

/** A problem, and the file that has it. */
export type FileProblem = Problem & { readonly path: string };

/** Adds a problem of a field, whose path begins with `providers`. */
export type Report = (field: string, message: string, at?: Decoded) => void;

/**
 * Checks providers, which have names of their own already.
 *
 * @param path - The file or directory that they are from, for the case that there are none.
 * @returns What is wrong, in the kubelet's order.
 */
export function validateProviders(
  providers: readonly DecodedProvider[],
  path: string,
): FileProblem[] {
  if (providers.length === 0) {
    const message = 'providers: Required value: at least 1 item in plugins is required';
    return [{ path, message, position: { line: 1, column: 1 } }];
  }
  return providers.flatMap(({ path: file, fields }) => {
    const problems: FileProblem[] = [];
    validateProvider(fields, (field, message, at = fields) => {
      problems.push({
        path: file,
        message: `providers.${field}: ${message}`,
        position: at.position,
      });
    });
    return problems;
  });
}

function validateProvider(provider: DecodedObject, report: Report): void {
  validateName(provider, report);
  validateApiVersion(provider, report);
  validateMatchImages(provider, report);
  validateCacheDuration(provider, report);
  const attributes = provider.fields.get('tokenAttributes');
  if (attributes?.kind === 'object') {
    tokenAttributeProblems(attributes, textOf(provider, 'apiVersion'), report);
  }
}

const NAME_RULES: readonly (readonly [(name: string) => boolean, string])[] = [
  [(name) => name.includes('/'), "cannot contain '/'"],
  [(name) => name.includes(' '), 'cannot contain spaces'],
  [(name) => name === '.', "cannot be '.'"],
  [(name) => name === '..', "cannot be '..'"],
];

function validateName(provider: DecodedObject, report: Report): void {
  const name = textOf(provider, 'name');
  for (const [isBroken, rule] of NAME_RULES) {
    if (!isBroken(name)) continue;
    const message = `Invalid value: ${goQuote(name)}: provider name ${rule}`;
    report('name', message, provider.fields.get('name'));
  }
}

function validateApiVersion(provider: DecodedObject, report: Report): void {
  const version = textOf(provider, 'apiVersion');
  if (version === '') {
    report('apiVersion', 'Required value', provider.fields.get('apiVersion'));
  } else if (!API_VERSIONS.some((one) => one === version)) {
    const supported = API_VERSIONS.map(goQuote).toSorted().join(', ');
    const message = `Unsupported value: ${goQuote(version)}: supported values: ${supported}`;
    report('apiVersion', message, provider.fields.get('apiVersion'));
  }
}

/** Checks `matchImages`. */
export function validateMatchImages(provider: DecodedObject, report: Report): void {
  const patterns = textsOf(provider, 'matchImages');
  if (patterns.length === 0) {
    const message = 'Required value: at least 1 item in matchImages is required';
    report('matchImages', message, provider.fields.get('matchImages'));
  }
  for (const pattern of patterns) {
    const problem = matchImageProblem(pattern.text);
    if (problem === undefined) continue;
    const shown = goQuote(withoutUserInfo(pattern.text));
    report('matchImages', `Invalid value: ${shown}: match image is invalid: ${problem}`, pattern);
  }
}

/** Checks `defaultCacheDuration`. */
export function validateCacheDuration(provider: DecodedObject, report: Report): void {
  const duration = provider.fields.get('defaultCacheDuration');
  if (duration?.kind !== 'duration') {
    report('defaultCacheDuration', 'Required value');
  } else if (duration.nanoseconds < 0n) {
    const shown = `"${formatNanoseconds(duration.nanoseconds)}"`;
    const message = `Invalid value: ${shown}: must be greater than or equal to 0`;
    report('defaultCacheDuration', message, duration);
  }
}

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
  const shown = encodeJson(both);
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
    const message = `Unsupported value: ${encodeJson(cacheType)}: supported values: ${supported}`;
    report('cacheType', message, at);
  }
}
