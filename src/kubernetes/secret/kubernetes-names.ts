// Which names Kubernetes takes, and in which words it refuses others (k8s.io/apimachinery v0.37.2,
// pkg/util/validation/validation.go and pkg/api/validate/content).

const MAX_SUBDOMAIN_LENGTH = 253;
const MAX_LABEL_LENGTH = 63;
const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = String.raw`${LABEL}(\.${LABEL})*`;
const DATA_KEY = '[-._a-zA-Z0-9]+';

const SUBDOMAIN_RULE = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`;
const LABEL_RULE = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`;
const DATA_KEY_RULE = `a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '${DATA_KEY}')`;

/** IsDNS1123Subdomain: names of secrets. */
export function subdomainProblems(value: string, unit: LengthUnit = 'characters'): string[] {
  return [
    ...lengthProblems(value, MAX_SUBDOMAIN_LENGTH, unit),
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

const LABEL_KEY = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_KEY_RULE = `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${LABEL_KEY}')`;
const LABEL_VALUE_RULE = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${LABEL_KEY})?')`;

/** IsLabelKey: keys of labels and, in lower case, of annotations, and finalizers. */
export function labelKeyProblems(value: string): string[] {
  const [first = '', second, ...others] = value.split('/');
  if (others.length > 0) {
    const form = "an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
    return [`a valid label key ${LABEL_KEY_RULE} with ${form}`];
  }
  const name = second ?? first;
  const nameLength =
    name === '' ? ['must be non-empty'] : lengthProblems(name, MAX_LABEL_LENGTH, 'bytes');
  const nameProblems = [...nameLength, ...(matches(LABEL_KEY, name) ? [] : [LABEL_KEY_RULE])];
  return [
    ...(second === undefined ? [] : prefixProblems(first)),
    ...nameProblems.map((problem) => `name part ${problem}`),
  ];
}

function prefixProblems(prefix: string): string[] {
  const problems = prefix === '' ? ['must be non-empty'] : subdomainProblems(prefix, 'bytes');
  return problems.map((problem) => `prefix part ${problem}`);
}

/** IsLabelValue: values of labels. */
export function labelValueProblems(value: string): string[] {
  return [
    ...lengthProblems(value, MAX_LABEL_LENGTH, 'bytes'),
    ...(value === '' || matches(LABEL_KEY, value) ? [] : [LABEL_VALUE_RULE]),
  ];
}

/** A prefix to which something is appended may end in a dash (pkg/api/validation/generic.go, maskTrailingDash). */
export function withMaskedDash(prefix: string): string {
  return prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -2)}a` : prefix;
}

/** Go counts bytes in either case; only the packages' words differ. */
type LengthUnit = 'characters' | 'bytes';

function lengthProblems(value: string, max: number, unit: LengthUnit = 'characters'): string[] {
  return Buffer.byteLength(value) > max ? [`must be no more than ${max} ${unit}`] : [];
}

function parentDirectoryProblems(value: string): string[] {
  if (value === '.' || value === '..') return [`must not be '${value}'`];
  return value.startsWith('..') ? ["must not start with '..'"] : [];
}

function matches(pattern: string, value: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(value);
}
