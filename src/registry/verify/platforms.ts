// For which platforms an image is: of the index, or of the configuration of an image that has no index.

import { isRecord } from '../../util/is-record.ts';
import { parseJson } from '../../util/parse-json.ts';
import { isText } from '../../util/option-checks.ts';
import { repositoryUrl, requestDocument } from '../client/registry-api.ts';
import type { Endpoint, Session } from '../client/session.ts';

/** An image whose manifest was found. */
export interface FoundManifest {
  readonly endpoint: Endpoint;
  readonly repository: string;
  /** The digest, or else the tag. */
  readonly reference: string;
  readonly authorization: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Reads the platforms; `undefined` where the registry does not tell. It asks for the manifest, which some registries count
 * as a pull, and for the configuration where there is no index.
 */
export async function readPlatforms(
  session: Session,
  manifest: FoundManifest,
): Promise<readonly string[] | undefined> {
  const document = await read(session, manifest, `manifests/${manifest.reference}`);
  if (!isRecord(document)) return undefined;
  const { manifests, config } = document;
  if (Array.isArray(manifests)) {
    const platforms = manifests.filter(isRecord).map(({ platform }) => platformOf(platform));
    const known = platforms.filter((one) => one !== undefined);
    return known.length === 0 ? undefined : [...new Set(known)];
  }
  const digest = isRecord(config) ? config['digest'] : undefined;
  if (!isDigest(digest)) return undefined;
  const platform = platformOf(await read(session, manifest, `blobs/${digest}`));
  return platform === undefined ? undefined : [platform];
}

/** Whether it is a digest: anything else would be a path of the registry's choice, or words of its own. */
export function isDigest(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z\d]+:[a-f\d]{1,128}$/.test(value);
}

async function read(
  session: Session,
  { endpoint, repository, authorization, signal }: FoundManifest,
  path: string,
): Promise<unknown> {
  const url = `${repositoryUrl(endpoint, repository)}/${path}`;
  const request = { endpoint, method: 'GET', url, authorization, signal } as const;
  const response = await requestDocument(session, request);
  return response.status === 200 ? parseJson(response.body) : undefined;
}

/** Attestations stand in indexes as images of an unknown platform. */
function platformOf(platform: unknown): string | undefined {
  if (!isRecord(platform)) return undefined;
  const { os, architecture, variant } = platform;
  if (!isText(os) || !isText(architecture) || os === 'unknown') return undefined;
  return normalizePlatform([os, architecture, ...(isText(variant) ? [variant] : [])].join('/'));
}

/** As a node sees them (containerd `platforms/database.go`, normalizeArch). */
const ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['x86-64', 'amd64'],
  ['aarch64', 'arm64'],
  ['i386', '386'],
  ['armhf', 'arm'],
]);
const VARIANTS: ReadonlyMap<string, string> = new Map([
  ['amd64/v1', 'amd64'],
  ['arm64/v8', 'arm64'],
  ['arm64/8', 'arm64'],
  ['arm', 'arm/v7'],
  ['arm/5', 'arm/v5'],
  ['arm/6', 'arm/v6'],
  ['arm/7', 'arm/v7'],
  ['arm/8', 'arm/v8'],
]);

/** A platform as it is compared and shown: `linux/amd64`, `linux/arm/v7`. */
export function normalizePlatform(text: string): string {
  const [os, architecture = '', ...variant] = text.toLowerCase().split('/');
  const known = [ARCHITECTURES.get(architecture) ?? architecture, ...variant].join('/');
  return `${os}/${VARIANTS.get(known) ?? known}`;
}
