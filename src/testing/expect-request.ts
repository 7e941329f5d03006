// Strictness for fakes: a request with a field too many, too few, twice or wrong is refused by an answer that says which.

import type { FakeReply, FakeRequest } from './fake-request.ts';

/** Names alone, or names with the value that each must have. */
export type FieldRules = readonly string[] | Readonly<Record<string, string | RegExp>>;

/** What a form or a query must and may hold; nothing else may be in it, and nothing twice. */
export interface FormRules {
  readonly required?: FieldRules;
  readonly optional?: FieldRules;
}

/** What headers must be there, once each, and which must not be. */
export interface HeaderRules {
  readonly required?: FieldRules;
  readonly forbidden?: readonly string[];
}

/**
 * Looks at a body that must be a form (`application/x-www-form-urlencoded`).
 *
 * @returns an answer with status 400 that names each field that is missing, unknown, repeated or wrong; undefined when
 * all is well.
 * @example
 * ```ts
 * const server = await startFakeServer((request) =>
 *   expectForm(request, { required: { grant_type: 'access_token', service: /\.azurecr\.io$/ } }) ?? { body: 'fine' },
 * );
 * ```
 */
export function expectForm(request: FakeRequest, rules: FormRules): FakeReply | undefined {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/x-www-form-urlencoded *(;|$)/i.test(type)) {
    return refusal(['the content type is not application/x-www-form-urlencoded']);
  }
  return refusal(parameterProblems('field', new URLSearchParams(request.body), rules));
}

/**
 * Looks at the query of a request.
 *
 * @returns an answer with status 400 that names each parameter that is missing, unknown, repeated or wrong; undefined
 * when all is well.
 * @example
 * ```ts
 * expectQuery(request, { required: { 'api-version': '2018-02-01', resource: /./ }, optional: ['client_id'] });
 * ```
 */
export function expectQuery(request: FakeRequest, rules: FormRules): FakeReply | undefined {
  return refusal(parameterProblems('query parameter', request.query, rules));
}

/**
 * Looks at the headers of a request; those that no rule names may be there.
 *
 * @returns an answer with status 400 that names each header that is missing, repeated, wrong or forbidden; undefined when
 * all is well.
 * @example
 * ```ts
 * expectHeaders(request, { required: { metadata: 'true' }, forbidden: ['x-forwarded-for'] });
 * ```
 */
export function expectHeaders(
  request: FakeRequest,
  { required = [], forbidden = [] }: HeaderRules,
): FakeReply | undefined {
  const headers = new URLSearchParams(
    Array.from({ length: request.rawHeaders.length / 2 }, (_, at): [string, string] => {
      const [name = '', value = ''] = request.rawHeaders.slice(at * 2);
      return [name.toLowerCase(), value];
    }),
  );
  return refusal([
    ...fieldsOf(required).flatMap((field) =>
      valueProblems('header', { ...field, name: field.name.toLowerCase() }, headers),
    ),
    ...forbidden
      .filter((name) => headers.has(name.toLowerCase()))
      .map((name) => `header ${JSON.stringify(name)} is forbidden`),
  ]);
}

interface Field {
  readonly name: string;
  readonly value: string | RegExp | undefined;
  readonly optional: boolean;
}

function parameterProblems(
  kind: string,
  parameters: URLSearchParams,
  { required = [], optional = [] }: FormRules,
): string[] {
  const fields: readonly Field[] = [...fieldsOf(required), ...fieldsOf(optional, true)];
  const known = new Set(fields.map(({ name }) => name));
  return [
    ...fields.flatMap((field) => valueProblems(kind, field, parameters)),
    ...[...new Set(parameters.keys())]
      .filter((name) => !known.has(name))
      .map((name) => `${kind} ${JSON.stringify(name)} is unknown`),
  ];
}

function valueProblems(
  kind: string,
  { name, value, optional }: Field,
  parameters: URLSearchParams,
): string[] {
  const subject = `${kind} ${JSON.stringify(name)}`;
  const [found, ...more] = parameters.getAll(name);
  if (found === undefined) return optional ? [] : [`${subject} is missing`];
  if (more.length > 0) return [`${subject} is there ${more.length + 1} times`];
  const right = value instanceof RegExp ? value.test(found) : (value ?? found) === found;
  return right ? [] : [`${subject} must be ${String(value)}`];
}

function fieldsOf(rules: FieldRules, optional = false): Field[] {
  const entries = isNames(rules)
    ? rules.map((name) => [name, undefined] as const)
    : Object.entries(rules);
  return entries.map(([name, value]) => ({ name, value, optional }));
}

function isNames(rules: FieldRules): rules is readonly string[] {
  return Array.isArray(rules);
}

/** In the form of RFC 6749, section 5.2, which most of those who ask understand. */
function refusal(problems: readonly string[]): FakeReply | undefined {
  if (problems.length === 0) return undefined;
  return {
    status: 400,
    body: { error: 'invalid_request', error_description: problems.join('; ') },
  };
}
