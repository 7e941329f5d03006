// What may be the NAME of docker-credential-NAME: no path, so that a configuration can start only what is on the PATH.

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}$/;

/** Whether a name is one that a helper can have. */
export function isHelperName(name: string): boolean {
  return NAME.test(name);
}

/** The rule, for messages. */
export const HELPER_NAME_RULE =
  'a helper\'s name is what follows "docker-credential-" in its file\'s name: letters, digits, "-", "_", "." and "+"';
