// The variables that name proxies, out of the way of a test, and set as it wants them.

const NAMES = /^(?:npm_config_)?(?:(?:https?|all|no)_)?proxy$/i;

/** Removes all that name a proxy and sets these instead; the returned function restores them. */
export function withProxies(variables: Readonly<Record<string, string>>): () => void {
  const before = present();
  replace(variables);
  return () => replace(before);
}

/** Removes all that name a proxy; the returned function restores them. */
export function withoutProxies(): () => void {
  return withProxies({});
}

function present(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      NAMES.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}

function replace(variables: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(present())) delete process.env[name];
  Object.assign(process.env, variables);
}
