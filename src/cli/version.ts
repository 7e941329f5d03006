import type { CliContext } from './context.ts';

/** The version in package.json, as a test makes sure; written here so that nothing needs to be read for it. */
export const VERSION = '0.1.0';

/** What `--version` prints: the version is the first word. */
export function versionText({
  commit,
  nodeVersion,
}: Pick<CliContext, 'commit' | 'nodeVersion'>): string {
  const built = commit === undefined ? '' : `commit ${commit}, `;
  return `${VERSION} (${built}Node.js ${nodeVersion.replace(/^v/, '')})`;
}
