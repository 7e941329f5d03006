// One file is several programs: which one, its name says, as busybox and git do it.

/** A program of the single executable. */
export type ProgramName = 'docker-keyring' | 'docker-credential-keyring' | 'plugin';

/**
 * Which program it is that was called by this name. Any other name is `docker-keyring`, `kubectl-keyring` among them.
 *
 * @param argv0 - A name, or a path of whatever platform.
 */
export function calledAs(argv0: string): ProgramName {
  const name = argv0.replace(/^.*[/\\]/s, '').replace(/\.exe$/i, '');
  if (name === 'docker-credential-keyring') return name;
  return name === 'docker-keyring-plugin' || name.endsWith('-credential-provider')
    ? 'plugin'
    : 'docker-keyring';
}
