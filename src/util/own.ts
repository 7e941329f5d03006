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

/** Of a union, the types that have a member. */
type With<T, K extends PropertyKey> = T extends unknown ? (K extends keyof T ? T : never) : never;

/** `name in object`, but for what `Object.prototype` has: which one of a union an object is. */
export function has<T extends object, K extends PropertyKey>(
  object: T,
  name: K,
): object is With<T, K> {
  if (Object.hasOwn(object, name)) return true;
  return name in object && Reflect.get(object, name) !== Reflect.get(Object.prototype, name);
}
