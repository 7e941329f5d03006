// Which hosts are login servers of Azure registries: only they are sent a token. And which of them mirrors a host, as the
// official plugin's --registry-mirror, but for ports and segments.

import { matchesImage } from '../../keyring/match.ts';

/** The host that answers for an image's registry. */
export interface LoginServer {
  /** The host as the image names it, with its port. */
  readonly host: string;
  /** What the name ends in; `undefined` for a host that counts only since the user listed it. */
  readonly suffix: string | undefined;
  /** Whether the user listed the host: then it may be of any cloud. */
  readonly isListed: boolean;
}

/** What counts as a login server. */
export interface LoginServerRules {
  /** What names end in, without a dot in front. */
  readonly suffixes: readonly string[];
  /** Further hosts, as registry keys. */
  readonly hosts: readonly string[];
}

/** A registry's name; with a domain name label it has a hash behind a dash: `shop-d3f4b5c6`. */
const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/**
 * The login server of an image, decided on the host as a URL parser sees it.
 *
 * @returns `undefined` when it is none: nothing may be sent there.
 */
export function loginServerOf(image: string, rules: LoginServerRules): LoginServer | undefined {
  const host = image.replace(/\/.*$/s, '');
  const url = URL.canParse(`https://${host}`) ? new URL(`https://${host}`) : undefined;
  // What a parser takes apart or rewrites (user info, escapes, Unicode) is no name that a registry has.
  if (url?.host !== host.toLowerCase()) return undefined;
  const suffix = url.port === '' ? suffixOf(url.hostname, rules.suffixes) : undefined;
  const isListed = rules.hosts.some((pattern) => matchesImage(pattern, image));
  return suffix !== undefined || isListed ? { host, suffix, isListed } : undefined;
}

/** The patterns of the images whose registries {@link loginServerOf} accepts. */
export function matchImagesOf({ suffixes, hosts }: LoginServerRules): readonly string[] {
  const globs = suffixes.flatMap((suffix) => [`*.${suffix}`, `*.*.${suffix}`, `*.*.geo.${suffix}`]);
  return [...globs, ...hosts];
}

/**
 * Whether a challenge's realm is of the registry that sent it: its host, or another name of the same registry.
 *
 * @param realmHost - Host and port.
 */
export function isSameRegistry(server: LoginServer, realmHost: string): boolean {
  const host = server.host.toLowerCase();
  if (realmHost === host) return true;
  if (server.suffix === undefined) return false;
  const name = host.slice(0, host.indexOf('.') + 1);
  return realmHost.startsWith(name) && suffixOf(realmHost, [server.suffix]) !== undefined;
}

/** `NAME.SUFFIX`, `NAME.REGION.SUFFIX` and `NAME.REGION.geo.SUFFIX`, whole labels only. */
function suffixOf(hostname: string, suffixes: readonly string[]): string | undefined {
  return suffixes.find((suffix) => {
    if (!hostname.endsWith(`.${suffix}`)) return false;
    const labels = hostname.slice(0, -suffix.length - 1).split('.');
    const isShort = labels.length <= 2 || (labels.length === 3 && labels[2] === 'geo');
    return isShort && labels.every((label) => LABEL.test(label));
  });
}

/** An image whose host is mirrored. */
export interface MirroredImage {
  /** What of the image's name is mirrored, as the option writes it. */
  readonly source: string;
  /** The image's name at the mirror. */
  readonly target: string;
}

/** The mirror of an image: the longest source that its name begins with, whole segments only. */
export function mirrorOf(
  image: string,
  mirrors: Readonly<Record<string, string>>,
): MirroredImage | undefined {
  const source = Object.keys(mirrors)
    .filter((one) => image === one || image.startsWith(one.endsWith('/') ? one : `${one}/`))
    .toSorted((a, b) => b.length - a.length)[0];
  if (source === undefined) return undefined;
  return { source, target: `${mirrors[source]}${image.slice(source.length)}` };
}
