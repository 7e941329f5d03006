// The rules for keys of annotations. Source: k8s.io/apimachinery v0.37.2 pkg/api/validate/content, IsQualifiedName, which
// the kubelet asks without regard to case (Kubernetes v1.37.2 pkg/credentialprovider/plugin/config.go).

const MAX_NAME_LENGTH = 63;
const MAX_PREFIX_LENGTH = 253;
const NAME = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = String.raw`${LABEL}(\.${LABEL})*`;
const NAME_RULE = `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${NAME}')`;
const SUBDOMAIN_RULE = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`;

/** What is wrong with an annotation's key, in Kubernetes' words. */
export function annotationKeyProblems(key: string): string[] {
  const parts = key.toLowerCase().split('/');
  const [first = '', second] = parts;
  if (parts.length > 2) {
    return [
      `a valid label key ${NAME_RULE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  return second === undefined
    ? nameProblems(first)
    : [...prefixProblems(first), ...nameProblems(second)];
}

function prefixProblems(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  return [
    ...(Buffer.byteLength(prefix) > MAX_PREFIX_LENGTH
      ? [`prefix part must be no more than ${MAX_PREFIX_LENGTH} bytes`]
      : []),
    ...(matches(SUBDOMAIN, prefix) ? [] : [`prefix part ${SUBDOMAIN_RULE}`]),
  ];
}

function nameProblems(name: string): string[] {
  const length = Buffer.byteLength(name);
  return [
    ...(length === 0 ? ['name part must be non-empty'] : []),
    ...(length > MAX_NAME_LENGTH
      ? [`name part must be no more than ${MAX_NAME_LENGTH} bytes`]
      : []),
    ...(matches(NAME, name) ? [] : [`name part ${NAME_RULE}`]),
  ];
}

function matches(pattern: string, value: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(value);
}
