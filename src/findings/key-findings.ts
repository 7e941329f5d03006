// Registry keys that never match an image, or fewer images than they seem to. Each rule follows from how the kubelet
// normalises keys and image names; see docs on matching for the rules themselves. A code names the part of the key that
// is wrong: its scheme, host, port, path, case, glob or dot.

import { shownUrl } from '../util/redaction/shown-url.ts';
import { getOrAdd } from '../util/get-or-add.ts';
import { isGlob } from '../go/glob.ts';
import { mismatch } from '../keyring/match.ts';
import { HUB, HUB_KEY, HUB_SERVER, isHubLookalike } from '../reference/docker-hub.ts';
import { keyText, registryKey, type RegistryPattern } from '../keyring/registry-key.ts';
import { warning, type Finding, type FindingText } from './finding.ts';

const HUB_HINT = `The key for Docker Hub is ${HUB_SERVER}.`;
const HOST_HINT = "Write the registry's host as it stands in the names of its images.";

type KeyProblem = Pick<FindingText, 'code' | 'message' | 'hint'>;

/** The part of a key that is wrong. */
type KeyCode =
  | 'key-scheme'
  | 'key-host'
  | 'key-port'
  | 'key-path'
  | 'key-case'
  | 'key-glob'
  | 'key-dot'
  | 'key-hub-alias';

/** The findings on one entry's name; the first that applies, since the others would follow from it. */
export function registryKeyFindings(rawKey: string, field: string): Finding[] {
  const problem = schemeProblem(rawKey) ?? keyProblem(rawKey);
  const problems = [userInfoProblem(rawKey), problem].filter((each) => each !== undefined);
  return problems.map((each) => warning({ ...each, field, key: shownUrl(rawKey) }));
}

/** The findings on entries of one document that stand in each other's way. */
export function sharedKeyFindings(rawKeys: readonly string[], field: string): Finding[] {
  return [...foldedFindings(rawKeys, field), ...shadowFindings(rawKeys, field)];
}

/** How the message on an entry begins that matches no image at all. */
export const NEVER_MATCHES = 'the entry never matches an image';

function neverMatches(code: KeyCode, message: string, hint?: string): KeyProblem {
  return { code, message: `${NEVER_MATCHES}: ${message}`, hint };
}

function schemeProblem(rawKey: string): KeyProblem | undefined {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(rawKey.replace(/^https?:\/\//, ''))?.[1];
  if (scheme === undefined) return undefined;
  return neverMatches(
    'key-scheme',
    'only https:// and http:// in lower case are taken off, and only once',
    `Leave ${scheme}:// out.`,
  );
}

function userInfoProblem(rawKey: string): KeyProblem | undefined {
  if (!/^(?:https?:\/\/)?[^/?#]*@/.test(rawKey)) return undefined;
  const message = "the entry's name holds a user name or password: the kubelet cuts it off";
  return { code: 'key-user-info', message, hint: 'Names of entries are no place for secrets.' };
}

function keyProblem(rawKey: string): KeyProblem | undefined {
  const key = registryKey(rawKey);
  if (key === undefined) {
    return {
      code: 'key-host',
      message: 'the kubelet ignores the entry: its name cannot be parsed as a URL',
    };
  }
  const { pattern } = key;
  if (pattern === undefined)
    return neverMatches('key-host', 'its name cannot be parsed as a URL a second time');
  return (
    hostRefusal(pattern) ?? pathRefusal(pattern) ?? hostProblem(pattern) ?? pathProblem(pattern)
  );
}

function hostRefusal({ host, port, path }: RegistryPattern): KeyProblem | undefined {
  if (host === '') return neverMatches('key-host', 'it names no host', HOST_HINT);
  if (host === HUB_KEY && port === '' && path !== '') {
    const message = "index.docker.io serves Docker Hub's images only without a path";
    return neverMatches('key-hub-alias', message, HUB_HINT);
  }
  if (host.includes(':')) return port === '' || host.startsWith('[') ? ADDRESS_ALONE : undefined;
  return nameRefusal(host, port);
}

const ADDRESS_ALONE: KeyProblem = {
  code: 'key-port',
  message:
    'an IPv6 address without a port does not match itself: it is taken for a set of characters',
  hint: 'Add the port.',
};

function nameRefusal(host: string, port: string): KeyProblem | undefined {
  const isHostName = isGlob(host)
    ? !host.split('.').includes('')
    : (port === '' ? NAME_HOST : DOMAIN).test(host);
  if (!isHostName && host.endsWith('.')) {
    return neverMatches('key-dot', 'its host ends with a dot', 'Leave the last dot out.');
  }
  if (!isHostName) return neverMatches('key-host', 'no image name has such a host', HOST_HINT);
  if (isGlob(host) || port !== '' || host === 'localhost' || /[.A-Z]/.test(host)) return undefined;
  const reason = 'in an image name, a first part without dot and port is no host';
  return neverMatches('key-host', reason, 'Write the host in full, or its port behind it.');
}

const COMPONENT = '[a-z0-9]+(?:(?:[.]|_|__|-+)[a-z0-9]+)*';
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const DOMAIN = new RegExp(`^${LABEL}(?:[.]${LABEL})*$`);
/** Without a port, the first part of an image's path may stand for the host: my_registry.io/app. */
const NAME_HOST = new RegExp(`^(?:${LABEL}(?:[.]${LABEL})*|${COMPONENT})$`);
/** What can be the beginning of an image's repository. */
const PATH_PREFIX = new RegExp(`^(?:/${COMPONENT})*(?:/(?:${COMPONENT}(?:[.]|__?|-+)?)?)?$`);

function pathRefusal({ path }: RegistryPattern): KeyProblem | undefined {
  if (path.includes('*')) {
    const hint = 'Leave the * out: a path covers everything below it.';
    return neverMatches('key-glob', 'paths hold no globs', hint);
  }
  if (/[:@]/.test(path)) {
    const message = 'images are looked up without tag and digest';
    return neverMatches('key-path', message, 'Leave them out.');
  }
  const message = 'no repository is named like its path';
  return PATH_PREFIX.test(path) ? undefined : neverMatches('key-path', message);
}

/** What matches less than it seems to. */
function hostProblem({ host, port }: RegistryPattern): KeyProblem | undefined {
  if (isHubLookalike(host)) {
    const message = `the entry doesn't match Docker Hub's images, but only those that name ${host}`;
    return { code: 'key-hub-alias', message, hint: HUB_HINT };
  }
  if (/[A-Z]/.test(host) && !host.includes(':')) {
    const message =
      'the host is not in lower case: only images that write it in the same way match';
    return { code: 'key-case', message, hint: 'Write the host in lower case.' };
  }
  if (isGlob(host) && !host.includes('.')) {
    const message = `${shownUrl(keyText(host))} matches hosts of one label only, such as localhost`;
    const hint = 'Write one * for each label: *.example.com.';
    return { code: 'key-glob', message, hint };
  }
  if (port !== '443' && port !== '80') return undefined;
  const message = `only images that name the port ${port} match`;
  return {
    code: 'key-port',
    message,
    hint: 'Leave the port out, unless the images have it.',
  };
}

function pathProblem({ path }: RegistryPattern): KeyProblem | undefined {
  if (path === '/v1' || path === '/v2') {
    const message = `only repositories whose name begins with ${path.slice(1)} match`;
    return { code: 'key-path', message, hint: `Write ${path}/, or leave it out.` };
  }
  if (!path.endsWith('/')) return undefined;
  const message = `the image ${path.slice(1, -1)} itself does not match, only those below it`;
  const hint = 'Leave the last slash out if it should.';
  return { code: 'key-path', message, hint };
}

/** How many names a message shows. */
const MAX_SHOWN = 10;

function foldedFindings(rawKeys: readonly string[], field: string): Finding[] {
  const namesByKey = new Map<string, string[]>();
  for (const rawKey of rawKeys) {
    const key = registryKey(rawKey)?.key;
    if (key !== undefined) getOrAdd(namesByKey, key, () => []).push(rawKey);
  }
  return [...namesByKey.values()].flatMap((names) => {
    if (names.length === 1) return [];
    const shown = names.slice(0, MAX_SHOWN).map((name) => JSON.stringify(shownUrl(name)));
    const others = names.length - shown.length;
    const all = others > 0 ? [...shown, `${others} more`] : shown;
    const message = `${all.join(' and ')} are one key for the kubelet, which tries them in random order`;
    return [warning({ code: 'key-duplicate', field, message, hint: 'Keep one of them.' })];
  });
}

/** The kubelet asks for index.docker.io only when no other entry matches. */
function shadowFindings(rawKeys: readonly string[], field: string): Finding[] {
  const keys = rawKeys.map((rawKey) => ({ rawKey, key: registryKey(rawKey) }));
  if (!keys.some(({ key }) => key?.key === HUB_KEY)) return [];
  return keys.flatMap(({ rawKey, key }) => {
    const pattern = key?.pattern;
    if (pattern === undefined) return [];
    const image = { host: HUB, port: '', path: pattern.path };
    if (mismatch(pattern, image) !== undefined) return [];
    const shown = JSON.stringify(shownUrl(rawKey));
    const message = `${shown} matches images of Docker Hub, for which index.docker.io is then never tried`;
    return [
      warning({
        code: 'hub-shadowed',
        field: `${field}[${shownUrl(rawKey)}]`,
        key: shownUrl(rawKey),
        message,
        hint: 'Keep the entry that has the right credential.',
      }),
    ];
  });
}
