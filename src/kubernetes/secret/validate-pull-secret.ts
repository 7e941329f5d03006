import { own, has } from '../../util/own.ts';
import type { DecodedObject } from '../../go/document/decode.ts';
import { entriesOf, textOf } from '../../go/document/fields.ts';
import { apiServerFindings, storedData } from './api-server-rules.ts';
import { decodeDockerConfig } from '../../config/docker-config.ts';
import { documentFindings } from '../../findings/document-findings.ts';
import { foundIn, problem, warning, type Finding } from '../../findings/finding.ts';
import { decodeSecret } from './secret-decoding-rules.ts';
import { namespaced } from '../../credential/describe-source.ts';
import { nodeSystem } from '../../system/node-system.ts';
import { isRecord } from '../../util/is-record.ts';
import type { PullSecret } from '../pull-secret.ts';
import { readOptions, type Check } from '../../util/option-checks.ts';
import { formatOf, PULL_SECRET_KEYS, type PullSecretKey } from './secret-data.ts';

/** Options of {@link validatePullSecret}. */
export interface ValidatePullSecretOptions {
  /** By when a token in the secret has ended or not; the current time by default. */
  readonly now?: Date | undefined;
}

/**
 * Finds what is wrong with a pull secret: what the API server refuses, in its own wording; what it stores and the
 * kubelet then fails over; and what works differently from how it looks.
 *
 * Follows Kubernetes v1.37.2, with the strict field validation that kubectl asks for, and with an object's fields in the
 * order in which kubectl sends them. No finding holds a secret.
 *
 * @param secret - A Secret, or whatever was found in its place.
 * @param options - By when credentials are judged.
 * @throws TypeError for an option that does not exist or has a wrong value.
 * @returns The findings; none when the kubelet can use the secret.
 * @example
 * ```ts
 * for (const { where, message, hint } of validatePullSecret(secret)) console.log(`${where.field}: ${message}. ${hint ?? ''}`);
 * // data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": unexpected end of JSON input.
 * ```
 */
export function validatePullSecret(
  secret: unknown,
  options: ValidatePullSecretOptions = {},
): Finding[] {
  const { now } = readOptions('validatePullSecret', options, { now: isDate });
  if (!isRecord(secret)) return [notASecret('this is not an object')];
  const object = ownSecret(secret);
  const name = nameOf(object);
  const findings = findingsOf(object, now?.getTime() ?? nodeSystem.now());
  return name === undefined ? findings : foundIn(findings, { secret: name });
}

const isDate: Check = (value) =>
  value instanceof Date && !Number.isNaN(value.getTime()) ? undefined : 'must be a valid Date';

/** `namespace/name`, or the name alone where no namespace is given. */
function nameOf({ metadata }: Record<string, unknown>): string | undefined {
  if (!isRecord(metadata)) return undefined;
  const { namespace, name } = metadata;
  if (typeof name !== 'string' || name === '') return undefined;
  return namespaced({ namespace: typeof namespace === 'string' ? namespace : '', name });
}

function findingsOf(secret: Record<string, unknown>, nowMs: number): Finding[] {
  const { kind } = secret;
  if (kind !== undefined && kind !== null && kind !== '' && kind !== 'Secret') {
    return [notASecret('this is an object of another kind')];
  }
  const { decoded, refusals } = judged(secret);
  if (decoded === undefined) return [...refusals];
  return bounded([...refusals, ...usageFindings(decoded, { refusals, nowMs })]);
}

/** What the API server refuses in a Secret, and nothing of what it stores. */
export function apiServerRefusals(secret: PullSecret): readonly Finding[] {
  return judged(ownSecret({ ...secret })).refusals;
}

interface Judged {
  /** `undefined` for what cannot be decoded. */
  readonly decoded: DecodedObject | undefined;
  readonly refusals: readonly Finding[];
}

function judged(secret: Record<string, unknown>): Judged {
  const decoding = decodeSecret(secret);
  return has(decoding, 'refusals')
    ? { decoded: undefined, refusals: decoding.refusals }
    : { decoded: decoding.secret, refusals: apiServerFindings(decoding.secret) };
}

/** More findings on one Secret nobody reads. */
const MAX_FINDINGS = 1000;

function bounded(findings: readonly Finding[]): Finding[] {
  const shown = findings.slice(0, MAX_FINDINGS);
  const rest = findings.slice(MAX_FINDINGS);
  if (rest.length === 0) return shown;
  const severity = rest.some((one) => one.severity === 'error') ? 'error' : 'warning';
  const message = `${rest.length} more findings are left out`;
  return [...shown, { code: 'more-findings', severity, message, where: {} }];
}

/** With what it says itself, of which only `metadata` is an object of known fields. */
function ownSecret(object: Record<string, unknown>): Record<string, unknown> {
  const secret = own(object);
  if (isRecord(secret['metadata'])) secret['metadata'] = own(secret['metadata']);
  return secret;
}

function notASecret(message: string): Finding {
  return problem({ code: 'not-a-secret', field: 'kind', message });
}

function usageFindings(
  secret: DecodedObject,
  { refusals, nowMs }: { readonly refusals: readonly Finding[]; readonly nowMs: number },
): Finding[] {
  const data = storedData(secret);
  const type = textOf(secret, 'type');
  const key = PULL_SECRET_KEYS.get(type);
  if (key === undefined) return [typeFinding(type, data)];
  const bytes = data.get(key);
  // What the API server doesn't store never comes to the kubelet.
  if (bytes === undefined || refusals.some(({ code }) => code === 'json-invalid')) return [];
  const format = formatOf(key);
  const fields = ['data', 'stringData'];
  const isOverridden = fields.every((field) => new Map(entriesOf(secret, field)).has(key));
  return [
    ...documentFindings(decodeDockerConfig(bytes, format, { tokens: true }), {
      format,
      isSecret: true,
      field: `data[${key}]`,
      nowMs,
    }),
    ...(isOverridden ? [overrideFinding(key)] : []),
    ...unusedFindings(key, data),
  ];
}

function typeFinding(type: string, data: ReadonlyMap<string, Uint8Array>): Finding {
  const shown = type === '' ? 'not given, and so Opaque' : JSON.stringify(type);
  const meant = [...PULL_SECRET_KEYS].find(([, key]) => data.has(key))?.[0];
  return warning({
    code: 'secret-type',
    field: 'type',
    message: `the kubelet ignores the secret: its type is ${shown}`,
    hint: `Use the type ${meant ?? [...PULL_SECRET_KEYS.keys()].join(' or ')}; a secret that is there already must be made anew, since types cannot be changed.`,
  });
}

function overrideFinding(key: PullSecretKey): Finding {
  const message = 'the key is under data and stringData: the value under stringData counts';
  return warning({ code: 'data-overridden', field: `data[${key}]`, message });
}

function unusedFindings(key: PullSecretKey, data: ReadonlyMap<string, Uint8Array>): Finding[] {
  return [...PULL_SECRET_KEYS.values()]
    .filter((other) => other !== key && data.has(other))
    .map((other) => {
      const message = `a secret of this type is read at the key ${key} only`;
      return warning({ code: 'key-unused', field: `data[${other}]`, message });
    });
}
