// What a provider object must be, for every function that takes one. The kubelet checks the configuration of its plugins
// before it runs any of them, and a provider object must follow the same rules: exec/config/validate-*.ts. The shapes are here.

import { isRecord } from '../util/is-record.ts';
import { given } from '../util/own.ts';
import {
  hasFunctions,
  isBooleanOption,
  isFunctionOption,
  isStrings,
  isText,
  MAX_TIMER_MS,
  membersProblem,
  type Check,
} from '../util/option-checks.ts';
import type { CredentialProvider, ProviderSet, ServiceAccountTokenAttributes } from './contract.ts';
import type { Decoded, DecodedObject } from '../go/document/decode.ts';
import {
  TOKEN_API_VERSION,
  tokenAttributeProblems,
  validateCacheDuration,
  validateMatchImages,
  type Report,
} from './exec/config/validate-plugin-config.ts';

/** Go's durations are nanoseconds in 63 bits. */
const MAX_DURATION_MS = 2 ** 63 / 1e6;

const ATTRIBUTES: Readonly<Record<keyof ServiceAccountTokenAttributes, Check>> = {
  serviceAccountTokenAudience: stringProblem,
  cacheType: stringProblem,
  requireServiceAccount: isBooleanOption,
  requiredServiceAccountAnnotationKeys: stringsProblem,
  optionalServiceAccountAnnotationKeys: stringsProblem,
};

const MEMBERS: readonly (readonly [keyof CredentialProvider, Check])[] = [
  ['matchImages', stringsProblem],
  ['defaultCacheDurationMs', durationProblem],
  ['timeoutMs', timeoutProblem],
  ['tokenAttributes', attributesProblem],
  ['getServiceAccountToken', isFunctionOption],
  ['skipReason', isFunctionOption],
  ['cacheScope', isFunctionOption],
  ['forImage', isFunctionOption],
  ['diagnose', isFunctionOption],
];

/** Whether a value has what every provider has. Its rules are for {@link providerProblem}. */
export function isProvider(value: unknown): value is CredentialProvider {
  const { name, matchImages, provide } = Object(value) as Partial<CredentialProvider>;
  return isText(name) && Array.isArray(matchImages) && typeof provide === 'function';
}

/** Whether a value is a set of providers. */
export function isProviderSet(value: unknown): value is ProviderSet {
  return (
    hasFunctions(value, 'known', 'read') &&
    isText((value as Readonly<Record<string, unknown>>)['name'])
  );
}

/** Whether a value answers lookups, as a keyring does. */
export function isKeyring(value: unknown): boolean {
  return hasFunctions(value, 'lookup');
}

/**
 * What is wrong with a provider object, in the kubelet's words where the kubelet has a rule for it.
 *
 * @returns `undefined` for nothing.
 */
export function providerProblem(provider: unknown): string | undefined {
  if (!isProvider(provider)) return 'must have a name, matchImages and provide()';
  const problem = shapeProblem(provider) ?? ruleProblem(provider);
  return problem === undefined ? undefined : `${JSON.stringify(provider.name)}: ${problem}`;
}

/**
 * What is wrong with a value that is to be served as a plugin or a helper.
 *
 * @param what - What may be served, for the message.
 */
export function servedProblem(served: unknown, what: string): string | undefined {
  if (isKeyring(served)) return undefined;
  if (!hasFunctions(served, 'provide')) return `serve ${what}`;
  const problem = providerProblem(served);
  return problem === undefined ? undefined : `the provider ${problem}`;
}

/**
 * Checks the providers of a set. As in a configuration of the kubelet, no two of them have one name.
 *
 * @throws TypeError that names the set, the provider and the rule.
 */
export function checkSet(
  { name: set }: Pick<ProviderSet, 'name'>,
  providers: unknown,
): asserts providers is readonly CredentialProvider[] {
  const problem = listProblem(providers);
  if (problem !== undefined) throw new TypeError(`the providers of ${set} are wrong: ${problem}`);
}

function listProblem(providers: unknown): string | undefined {
  if (!Array.isArray(providers)) return 'they must be an array';
  const names = new Set<string>();
  for (const [index, provider] of (providers as readonly unknown[]).entries()) {
    const problem = providerProblem(provider);
    if (problem !== undefined) return `[${index}] ${problem}`;
    const { name } = provider as CredentialProvider;
    if (names.has(name)) return `[${index}] has the name ${JSON.stringify(name)} of an earlier one`;
    names.add(name);
  }
  return undefined;
}

/** Checks an option `matchImages` by the kubelet's rules. */
export function matchImagesProblem(value: unknown): string | undefined {
  const problem = stringsProblem(value);
  if (problem !== undefined) return problem;
  const [first] = problemsOf((report) => {
    validateMatchImages(decodedObject({ matchImages: value }), report);
  });
  return first && `is wrong: ${first.message}`;
}

function shapeProblem(provider: CredentialProvider): string | undefined {
  for (const [name, check] of MEMBERS) {
    const value = given(provider, name);
    const problem = value === undefined ? undefined : check(value);
    if (problem !== undefined) return `${name} ${problem}`;
  }
  return undefined;
}

function ruleProblem(provider: CredentialProvider): string | undefined {
  const { matchImages } = provider;
  const defaultCacheDurationMs = given(provider, 'defaultCacheDurationMs');
  const tokenAttributes = given(provider, 'tokenAttributes');
  const [first] = problemsOf((report) => {
    validateMatchImages(decodedObject({ matchImages }), report);
    // The kubelet's configuration must have a duration; an object that has none is not kept.
    if (defaultCacheDurationMs !== undefined) {
      const nanoseconds = BigInt(Math.round(defaultCacheDurationMs * 1e6));
      validateCacheDuration(decodedObject({ defaultCacheDuration: nanoseconds }), report);
    }
    if (tokenAttributes !== undefined) {
      const attributes = decodedObject(knownAttributes(tokenAttributes));
      tokenAttributeProblems(attributes, TOKEN_API_VERSION, report);
    }
  });
  return first && `${first.field}: ${first.message}`;
}

interface FieldProblem {
  readonly field: string;
  /** In the kubelet's words. */
  readonly message: string;
}

function problemsOf(validate: (report: Report) => void): readonly FieldProblem[] {
  const found: FieldProblem[] = [];
  validate((field, message) => void found.push({ field, message }));
  return found;
}

function stringProblem(value: unknown): string | undefined {
  return typeof value === 'string' ? undefined : 'must be a string';
}

function stringsProblem(value: unknown): string | undefined {
  return isStrings(value) ? undefined : 'must be an array of strings';
}

function durationProblem(value: unknown): string | undefined {
  // Comparisons with NaN are false.
  return typeof value === 'number' && Math.abs(value) < MAX_DURATION_MS
    ? undefined
    : 'must be a number of milliseconds that a duration of Go can hold: at most 292 years';
}

function timeoutProblem(value: unknown): string | undefined {
  return typeof value === 'number' && value > 0 && value <= MAX_TIMER_MS
    ? undefined
    : `must be a number of milliseconds above 0, and at most ${MAX_TIMER_MS}`;
}

function attributesProblem(value: unknown): string | undefined {
  if (!isRecord(value)) return 'must be an object';
  const problem = membersProblem({ ...value, ...knownAttributes(value) }, ATTRIBUTES);
  return problem === undefined ? undefined : `is wrong: ${problem}`;
}

/** By name, since a class may have them as getters. */
function knownAttributes(
  attributes: Partial<Record<keyof ServiceAccountTokenAttributes, unknown>>,
): Readonly<Record<string, unknown>> {
  const names = Object.keys(ATTRIBUTES) as (keyof ServiceAccountTokenAttributes)[];
  return Object.fromEntries(names.map((name) => [name, given(attributes, name)]));
}

/** An object has no lines. */
const position = { line: 1, column: 1 } as const;

/** The form of the rules; what is `undefined` is absent. */
function decodedObject(members: Readonly<Record<string, unknown>>): DecodedObject {
  const fields = Object.entries(members).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, decoded(value)] as const],
  );
  return { kind: 'object', position, fields: new Map(fields) };
}

function decoded(value: unknown): Decoded {
  if (typeof value === 'boolean') return { kind: 'boolean', value, position };
  if (typeof value === 'bigint') return { kind: 'duration', nanoseconds: value, position };
  if (typeof value === 'string') return { kind: 'string', text: value, position };
  return { kind: 'list', items: (value as readonly string[]).map(decoded), position };
}
