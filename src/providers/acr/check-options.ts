// The check of acr()'s options: a mistake is a TypeError at once, which names the option.

import { own } from '../../util/own.ts';
import { isRecord } from '../../util/is-record.ts';
import {
  isBooleanOption,
  isSystemOption,
  isText,
  isUrl,
  listOf,
  members,
  oneOf,
  readOptions,
  text,
  type Check,
} from '../../util/option-checks.ts';
import { matchImagesProblem } from '../check-provider.ts';
import type { AcrOptions } from './acr-options.ts';
import { CLOUDS } from './clouds.ts';

const HOST = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/;
const KEY = /^[A-Za-z0-9*.-]+(:\d+)?(\/[^\s?#]*)?$/;

const CHECKS: Readonly<Record<keyof AcrOptions, Check>> = {
  identity: identityProblem,
  credential: (value) =>
    isRecord(value) && typeof value['getToken'] === 'function'
      ? undefined
      : 'must be an object with getToken()',
  configFile: (value) =>
    value === false || isText(value) ? undefined : 'must be a path, or false for none',
  cloud: oneOf(...Object.keys(CLOUDS)),
  suffixes: listOf(HOST, 'host names without a dot in front'),
  hosts: listOf(KEY, 'registry keys: a host with its port, without a scheme'),
  matchImages: matchImagesProblem,
  scope: text('a scope such as https://…/.default'),
  registryMirrors: mirrorsProblem,
  anonymousFallback: isBooleanOption,
  identityToken: isBooleanOption,
  serviceAccount: members({ requireAnnotation: isBooleanOption }),
  identityOptions: identityOptionsProblem,
  system: isSystemOption,
};

const REQUIRED = 'required';
const OPTIONAL = 'optional';
type Member = typeof REQUIRED | typeof OPTIONAL;

/** The members of identities that are texts. */
const IDENTITIES: Readonly<Record<string, Readonly<Record<string, Member>>>> = {
  'service-principal': {
    tenantId: REQUIRED,
    clientId: REQUIRED,
    clientSecret: OPTIONAL,
    certificatePath: OPTIONAL,
    certificatePassword: OPTIONAL,
  },
  'service-principal-password': { clientId: REQUIRED, clientSecret: REQUIRED },
  'admin-user': { registry: REQUIRED, username: OPTIONAL, password: REQUIRED },
  'managed-identity': { clientId: OPTIONAL, resourceId: OPTIONAL, objectId: OPTIONAL },
  'workload-identity': { tenantId: OPTIONAL, clientId: OPTIONAL, tokenFile: OPTIONAL },
  developer: { tenantId: OPTIONAL },
  environment: {},
};

/** Throws a TypeError that names the option and what it must be. */
export function readAcrOptions(options: AcrOptions): AcrOptions {
  const given = readOptions('acr', options, CHECKS);
  const { identity, serviceAccount } = given;
  if (identity !== undefined && given.credential !== undefined) {
    throw new TypeError('acr: identity and credential exclude each other');
  }
  return own({
    ...given,
    ...(identity && { identity: own(identity) }),
    ...(serviceAccount && { serviceAccount: own(serviceAccount) }),
  });
}

function identityProblem(identity: unknown): string | undefined {
  const kinds = Object.keys(IDENTITIES);
  if (!isRecord(identity)) return `must be an object with a kind: ${kinds.join(', ')}`;
  const { kind, sendCertificateChain, ...given } = identity;
  const known = kinds.find((one) => one === kind);
  if (known === undefined) return `must have one of these as kind: ${kinds.join(', ')}`;
  const isChain = known === 'service-principal' && typeof sendCertificateChain === 'boolean';
  if (sendCertificateChain !== undefined && !isChain) {
    return 'may have true or false as sendCertificateChain, for a service-principal alone';
  }
  return identityMembersProblem(known, given) ?? combinationProblem(known, given);
}

function identityMembersProblem(kind: string, given: Record<string, unknown>): string | undefined {
  const rules = { ...IDENTITIES[kind] };
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(rules, name));
  if (unknown !== undefined) return `of kind ${kind} has no member ${JSON.stringify(unknown)}`;
  for (const [name, rule] of Object.entries(rules)) {
    const value = given[name];
    if (value === undefined ? rule === REQUIRED : !isText(value)) {
      return `of kind ${kind} must have a text that is not empty as ${name}`;
    }
  }
  return undefined;
}

function combinationProblem(kind: string, given: Record<string, unknown>): string | undefined {
  const { clientSecret, certificatePath, certificatePassword, registry } = given;
  if (kind === 'service-principal') {
    if ((clientSecret === undefined) === (certificatePath === undefined)) {
      return 'of kind service-principal must have either clientSecret or certificatePath';
    }
    return certificatePassword !== undefined && certificatePath === undefined
      ? 'has a certificatePassword without certificatePath'
      : undefined;
  }
  if (kind === 'managed-identity' && Object.values(given).filter(isText).length > 1) {
    return 'of kind managed-identity may have one of clientId, resourceId and objectId';
  }
  return kind === 'admin-user' && !KEY.test(String(registry))
    ? 'of kind admin-user must have a login server as registry, without a scheme'
    : undefined;
}

function mirrorsProblem(mirrors: unknown): string | undefined {
  const isMap =
    isRecord(mirrors) &&
    Object.entries(mirrors).every(([from, to]) =>
      [from, to].every((key) => typeof key === 'string' && KEY.test(key) && !key.includes('*')),
    );
  return isMap ? undefined : 'must map hosts to hosts, without schemes and globs';
}

function identityOptionsProblem(options: unknown): string | undefined {
  if (!isRecord(options)) return 'must be an object';
  const { authorityHost, disableInstanceDiscovery, additionallyAllowedTenants, ...rest } = options;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) return `has no member ${JSON.stringify(unknown)}`;
  if (authorityHost !== undefined && !isUrl(authorityHost, /^https:\/\//)) {
    return 'must have an https URL as authorityHost';
  }
  if (disableInstanceDiscovery !== undefined && typeof disableInstanceDiscovery !== 'boolean') {
    return 'must have true or false as disableInstanceDiscovery';
  }
  const tenants = additionallyAllowedTenants ?? [];
  return Array.isArray(tenants) && tenants.every(isText)
    ? undefined
    : 'must have an array of tenant ids as additionallyAllowedTenants';
}
