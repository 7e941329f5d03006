// Names of members, which Go's encoding/json compares without regard to case.

/** Go matches field names by Unicode's simple folding (fold.go), in which ſ is an s and the Kelvin sign a k. */
export function foldName(name: string): string {
  return name.toLowerCase().replaceAll('ſ', 's');
}
