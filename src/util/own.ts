// What an object of others says itself. A program in which somebody can write to Object.prototype is not to get options,
// credentials or documents from there.

/** An object's own members, in one that inherits nothing. Options and fields that may be missing are read from it. */
export function own<T extends object>(object: T): T {
  return Object.assign(Object.create(null) as object, object);
}

/** A member of an object that may inherit some, as instances of classes do, but none from `Object.prototype`. */
export function given<T extends object, K extends keyof T>(object: T, name: K): T[K] | undefined {
  const inherited = Object.prototype as Readonly<Partial<T>>;
  return Object.hasOwn(inherited, name) && object[name] === inherited[name]
    ? undefined
    : object[name];
}
