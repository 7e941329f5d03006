// The images of a fake registry: manifests, configurations and layers, by their digests.

import { createHash } from 'node:crypto';

/** Something that a registry stores under its digest. */
export interface StoredContent {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** An image, and everything that it refers to. */
export interface StoredImage {
  readonly manifest: StoredContent;
  /** The manifests of its platforms, where it is an index. */
  readonly manifests: readonly StoredContent[];
  readonly blobs: readonly StoredContent[];
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar';

/**
 * Makes an image with one small layer for each platform. One platform makes a manifest, several make an index.
 *
 * @param name - Distinguishes the image: equal names and platforms have equal digests.
 */
export function createImage(name: string, platforms: readonly string[]): StoredImage {
  const images = platforms.map((platform) => createPlatform(name, platform));
  const [only, ...others] = images;
  if (only !== undefined && others.length === 0) return only;
  const manifests = images.map(({ manifest }) => manifest);
  const entries = manifests.map((manifest, index) => {
    return Object.assign(descriptorOf(manifest), {
      platform: platformOf(String(platforms[index])),
    });
  });
  return {
    manifest: json(INDEX, { schemaVersion: 2, mediaType: INDEX, manifests: entries }),
    manifests,
    blobs: images.flatMap(({ blobs }) => blobs),
  };
}

function createPlatform(name: string, platform: string): StoredImage {
  const layer = content(LAYER, Buffer.from(`a layer of ${name} for ${platform}\n`));
  const rootfs = { type: 'layers', diff_ids: [layer.digest] };
  const config = json(CONFIG, { ...platformOf(platform), config: {}, rootfs });
  const manifest = json(MANIFEST, {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: descriptorOf(config),
    layers: [descriptorOf(layer)],
  });
  return { manifest, manifests: [], blobs: [config, layer] };
}

/** JSON leaves a variant out that is undefined. */
function platformOf(text: string): Readonly<Record<string, string | undefined>> {
  const [os, architecture, variant] = text.split('/');
  return { os, architecture, variant };
}

function descriptorOf({ mediaType, digest, bytes }: StoredContent): object {
  return { mediaType, digest, size: bytes.length };
}

function json(mediaType: string, value: object): StoredContent {
  return content(mediaType, Buffer.from(JSON.stringify(value)));
}

function content(mediaType: string, bytes: Buffer): StoredContent {
  return { mediaType, bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
}
