// What the manifest of an image says: for which platforms it is, or why containerd cannot read it. The platforms are those of
// the index, or of the configuration of an image that has no index.

import { isRecord } from '../../util/is-record.ts';
import { parseJson } from '../../util/parse-json.ts';
import { isText } from '../../util/option-checks.ts';
import { repositoryUrl, requestDocument } from '../client/registry-api.ts';
import type { Endpoint, Session } from '../client/session.ts';
import { manifestProblem } from './manifest-type.ts';

/** An image whose manifest was found. */
export interface FoundManifest {
  readonly endpoint: Endpoint;
  readonly repository: string;
  /** The digest, or else the tag. */
  readonly reference: string;
  /** Its media type, which is a supported one. */
  readonly type: string;
  readonly authorization: string | undefined;
  readonly signal: AbortSignal;
}

/** What a manifest says. */
export interface ManifestContent {
  /** Missing where the registry does not tell. */
  readonly platforms?: readonly string[] | undefined;
  /** Why containerd cannot read it, as what follows "its manifest". */
  readonly problem?: string | undefined;
}

/**
 * Reads the manifest, which some registries count as a pull, and the configuration where there is no index.
 */
export async function readManifest(
  session: Session,
  manifest: FoundManifest,
): Promise<ManifestContent> {
  const body = await read(session, manifest, `manifests/${manifest.reference}`);
  if (body === undefined) return {};
  const document = parseJson(body);
  const problem = manifestProblem(manifest.type, document);
  if (problem !== undefined) return { problem };
  const { manifests, config } = document as Readonly<Record<string, unknown>>;
  return {
    platforms: Array.isArray(manifests)
      ? platformsOf(manifests)
      : await configuredPlatform(session, manifest, config),
  };
}

function platformsOf(manifests: readonly unknown[]): readonly string[] | undefined {
  const platforms = manifests.filter(isRecord).map(({ platform }) => platformOf(platform));
  const known = platforms.filter((one) => one !== undefined);
  return known.length === 0 ? undefined : [...new Set(known)];
}

async function configuredPlatform(
  session: Session,
  manifest: FoundManifest,
  config: unknown,
): Promise<readonly string[] | undefined> {
  const { digest } = config as { readonly digest: string };
  const body = await read(session, manifest, `blobs/${digest}`);
  const platform = body === undefined ? undefined : platformOf(parseJson(body));
  return platform === undefined ? undefined : [platform];
}

async function read(
  session: Session,
  { endpoint, repository, authorization, signal }: FoundManifest,
  path: string,
): Promise<string | undefined> {
  const url = `${repositoryUrl(endpoint, repository)}/${path}`;
  const request = { endpoint, method: 'GET', url, authorization, signal } as const;
  const response = await requestDocument(session, request);
  return response.status === 200 ? response.body : undefined;
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
