// The settings of the network in the environment: proxies and certificates. Of a proxy only scheme, host and port are shown,
// since its URL may hold a password.

import type { System } from '../system/system.ts';
import { count } from '../util/text/count.ts';
import type { Check } from './check.ts';

const area = 'network';
/** As the package proxy-from-env reads them; npm and npx set their own ones for the programs that they run. */
const PROXIES = [
  'NPM_CONFIG_HTTPS_PROXY',
  'HTTPS_PROXY',
  'NPM_CONFIG_HTTP_PROXY',
  'HTTP_PROXY',
  'NPM_CONFIG_PROXY',
  'ALL_PROXY',
] as const;
const BYPASSES = ['NPM_CONFIG_NO_PROXY', 'NO_PROXY'] as const;
/** More than the certificates of all authorities that there are. */
const MAX_CERTIFICATES_BYTES = 10 * 1024 * 1024;
const CERTIFICATE = /^-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/gm;
/** A host, maybe with port, dots and stars; anything else in NO_PROXY is not shown. */
const BYPASSED = /^[\w.*:[\]/-]+$/;

/** Looks at the variables, and at the file that one of them names. */
export async function diagnoseNetwork(
  system: Pick<System, 'env' | 'readFile'>,
): Promise<readonly Check[]> {
  const proxies = PROXIES.flatMap((name) => proxyCheck(system, name));
  const none: Check = { area, subject: 'proxy', status: 'info', message: 'no proxy is set' };
  return [
    ...(proxies.length === 0 ? [none] : [...proxies, ...bypassCheck(system)]),
    ...(await certificatesCheck(system)),
    ...verificationCheck(system),
  ];
}

/** The lower-case name wins, as for curl. */
function valueOf(system: Pick<System, 'env'>, name: string): { name: string; text: string }[] {
  const names = [name.toLowerCase(), name];
  const found = names.flatMap((one) => {
    const text = system.env(one) ?? '';
    return text === '' ? [] : [{ name: one, text }];
  });
  return found.slice(0, 1);
}

function proxyCheck(system: Pick<System, 'env'>, name: string): Check[] {
  return valueOf(system, name).map(({ name: subject, text }): Check => {
    const origin = originOf(text);
    return origin !== undefined
      ? { area, subject, status: 'ok', message: `requests go through ${origin}` }
      : {
          area,
          subject,
          status: 'failure',
          message: 'it is not the URL of an HTTP proxy, so that no request gets out',
          hint: `set it to http://HOST:PORT, or unset it: env -u ${subject}`,
        };
  });
}

/** Not for a URL whose password holds a slash that is not encoded: what is before it would be taken for the host. */
function originOf(text: string): string | undefined {
  const full = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(full)) return undefined;
  const { protocol, host, pathname, search, hash } = new URL(full);
  const isProxy = /^https?:$/.test(protocol) && !`${pathname}${search}${hash}`.includes('@');
  return isProxy ? `${protocol}//${host}` : undefined;
}

function bypassCheck(system: Pick<System, 'env'>): Check[] {
  const found = BYPASSES.flatMap((name) => valueOf(system, name));
  return found.slice(0, 1).map(({ name: subject, text }): Check => {
    const hosts = text.split(/[,\s]+/).filter((host) => host !== '');
    const shown = hosts.map((host) => (BYPASSED.test(host) ? host : '(not a host)')).join(', ');
    return { area, subject, status: 'ok', message: `asked without a proxy: ${shown}` };
  });
}

async function certificatesCheck(system: Pick<System, 'env' | 'readFile'>): Promise<Check[]> {
  const subject = 'NODE_EXTRA_CA_CERTS';
  const path = system.env(subject) ?? '';
  if (path === '') return [];
  const hint = 'name a file with certificates in PEM form, by an absolute path';
  const bad = (what: string): Check[] => [
    { area, subject, status: 'failure', message: `${path}: ${what}`, hint, path },
  ];
  try {
    const content = await system.readFile(path, { maxBytes: MAX_CERTIFICATES_BYTES });
    if (content === undefined) return bad('there is no such file, and Node.js goes on without it');
    const found = Buffer.from(content.bytes).toString('latin1').match(CERTIFICATE)?.length ?? 0;
    if (found === 0) return bad('it holds no certificate');
    const message = `${path}: ${count(found, 'more certificate is', 'more certificates are')} trusted`;
    return [{ area, subject, status: 'ok', message, path }];
  } catch {
    return bad('it cannot be read, and Node.js goes on without it');
  }
}

function verificationCheck(system: Pick<System, 'env'>): Check[] {
  const subject = 'NODE_TLS_REJECT_UNAUTHORIZED';
  if (system.env(subject) !== '0') return [];
  return [
    {
      area,
      subject,
      status: 'warning',
      message: 'no certificate is checked: anybody on the way can read passwords',
      hint: `unset ${subject}, and name missing authorities in NODE_EXTRA_CA_CERTS`,
    },
  ];
}
