// Which local server a fake proxy leads a host name to.

/**
 * Makes the function that finds a route.
 *
 * @throws TypeError for a route without a port.
 */
export function createProxyRouter(
  routes: Readonly<Record<string, string>>,
): (target: string) => string | undefined {
  for (const text of Object.entries(routes).flat()) {
    if (!/:\d+$/.test(text)) throw new TypeError(`${JSON.stringify(text)} names no port`);
  }
  const patterns = Object.entries(routes)
    .map(([name, to]) => ({ pattern: toPattern(name.toLowerCase()), weight: weightOf(name), to }))
    .toSorted((one, other) => other.weight - one.weight);
  return (target) => patterns.find(({ pattern }) => pattern.test(target))?.to;
}

function toPattern(name: string): RegExp {
  const [first = '', ...rest] = name.split('*').map((text) => text.replace(/[.[\]]/g, '\\$&'));
  const labels = [first, ...rest].join('[^.]+');
  return new RegExp(`^${name.startsWith('*.') ? `.+${rest.join('[^.]+')}` : labels}$`);
}

/** A name without wildcards goes before all others, then the one that says most. */
function weightOf(name: string): number {
  return name.includes('*') ? name.replaceAll('*', '').length : Number.MAX_SAFE_INTEGER;
}
