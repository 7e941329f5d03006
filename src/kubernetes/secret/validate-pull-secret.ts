import { own, has } from '../../util/own.ts';
import type { DecodedObject } from '../../go/document/decode.ts';
import { entriesOf, textOf } from '../../go/document/fields.ts';
import { apiServerFindings, storedData } from './api-server-rules.ts';
import { kubeletFindings } from './kubelet-rules.ts';
import { warning, type Finding } from './finding.ts';
import { decodeSecret } from './secret-decoding-rules.ts';
import { isRecord } from '../../util/is-record.ts';
import { PULL_SECRET_KEYS, type PullSecretKey } from './secret-data.ts';

/**
 * Finds what is wrong with a pull secret: what the API server refuses, in its own wording; what it stores and the
 * kubelet then fails over; and what works differently from how it looks.
 *
 * Follows Kubernetes v1.37.2, with the strict field validation that kubectl asks for, and with an object's fields in the
 * order in which kubectl sends them. No finding holds a secret.
 *
 * @param secret - A Secret, or whatever was found in its place.
 * @returns The findings; none when the kubelet can use the secret.
 * @example
 * ```ts
 * for (const { field, message, hint } of validatePullSecret(secret)) console.log(`${field}: ${message}. ${hint ?? ''}`);
 * // data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": unexpected end of JSON input.
 * ```
 */
export function validatePullSecret(secret: unknown): Finding[] {
  return isRecord(secret) ? findingsOf(ownSecret(secret)) : [notASecret('this is not an object')];
}

function findingsOf(secret: Record<string, unknown>): Finding[] {
  const { kind } = secret;
  if (kind !== undefined && kind !== null && kind !== '' && kind !== 'Secret') {
    return [notASecret('this is an object of another kind')];
  }
  const decoded = decodeSecret(secret);
  if (has(decoded, 'refusals')) return [...decoded.refusals];
  const refusals = apiServerFindings(decoded.secret);
  return bounded([...refusals, ...usageFindings(decoded.secret, refusals)]);
}

/** More findings on one Secret nobody reads. */
const MAX_FINDINGS = 1000;

function bounded(findings: readonly Finding[]): Finding[] {
  const shown = findings.slice(0, MAX_FINDINGS);
  const rest = findings.slice(MAX_FINDINGS);
  if (rest.length === 0) return shown;
  const severity = rest.some((one) => one.severity === 'error') ? 'error' : 'warning';
  const message = `${rest.length} more findings are left out`;
  return [...shown, { code: 'more-findings', severity, field: '', message }];
}

/** With what it says itself, of which only `metadata` is an object of known fields. */
function ownSecret(object: Record<string, unknown>): Record<string, unknown> {
  const secret = own(object);
  if (isRecord(secret['metadata'])) secret['metadata'] = own(secret['metadata']);
  return secret;
}

function notASecret(message: string): Finding {
  return { code: 'not-a-secret', severity: 'error', field: 'kind', message };
}

function usageFindings(secret: DecodedObject, refusals: readonly Finding[]): Finding[] {
  const data = storedData(secret);
  const type = textOf(secret, 'type');
  const key = PULL_SECRET_KEYS.get(type);
  if (key === undefined) return [typeFinding(type, data)];
  const bytes = data.get(key);
  // What the API server doesn't store never comes to the kubelet.
  if (bytes === undefined || refusals.some(({ code }) => code === 'json-invalid')) return [];
  const fields = ['data', 'stringData'];
  const isOverridden = fields.every((field) => new Map(entriesOf(secret, field)).has(key));
  return [
    ...kubeletFindings(key, bytes),
    ...(isOverridden ? [overrideFinding(key)] : []),
    ...unusedFindings(key, data),
  ];
}

function typeFinding(type: string, data: ReadonlyMap<string, Uint8Array>): Finding {
  const shown = type === '' ? 'not given, and so Opaque' : JSON.stringify(type);
  const meant = [...PULL_SECRET_KEYS].find(([, key]) => data.has(key))?.[0];
  return warning({
    code: 'type-wrong',
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
