// Which names Kubernetes takes, and in which words it refuses others (k8s.io/apimachinery v0.37.2,
// pkg/util/validation/validation.go).

const MAX_SUBDOMAIN_LENGTH = 253;
const MAX_LABEL_LENGTH = 63;
const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = String.raw`${LABEL}(\.${LABEL})*`;
const DATA_KEY = '[-._a-zA-Z0-9]+';

const SUBDOMAIN_RULE = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`;
const LABEL_RULE = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`;
const DATA_KEY_RULE = `a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '${DATA_KEY}')`;

/** IsDNS1123Subdomain: names of secrets. */
export function subdomainProblems(value: string): string[] {
  return [
    ...lengthProblems(value, MAX_SUBDOMAIN_LENGTH),
    ...(matches(SUBDOMAIN, value) ? [] : [SUBDOMAIN_RULE]),
  ];
}

/** IsDNS1123Label: names of namespaces. */
export function labelProblems(value: string): string[] {
  const problems = lengthProblems(value, MAX_LABEL_LENGTH);
  if (matches(LABEL, value)) return problems;
  return [...problems, matches(SUBDOMAIN, value) ? 'must not contain dots' : LABEL_RULE];
}

/** IsConfigMapKey: keys of a secret's data. */
export function dataKeyProblems(value: string): string[] {
  return [
    ...lengthProblems(value, MAX_SUBDOMAIN_LENGTH),
    ...(matches(DATA_KEY, value) ? [] : [DATA_KEY_RULE]),
    ...parentDirectoryProblems(value),
  ];
}

/** A prefix to which something is appended may end in a dash (pkg/api/validation/generic.go, maskTrailingDash). */
export function withMaskedDash(prefix: string): string {
  return prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -2)}a` : prefix;
}

function lengthProblems(value: string, max: number): string[] {
  return Buffer.byteLength(value) > max ? [`must be no more than ${max} characters`] : [];
}

function parentDirectoryProblems(value: string): string[] {
  if (value === '.' || value === '..') return [`must not be '${value}'`];
  return value.startsWith('..') ? ["must not start with '..'"] : [];
}

function matches(pattern: string, value: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(value);
}
