// Registries of Azure that mirror other hosts. As the official plugin's --registry-mirror, but for ports and segments.

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
