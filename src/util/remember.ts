// What was made from some parts is made again only where one of these is another one.

/** What is made from parts that are compared as they are; it lives as long as the first of them. */
export type Remember<T> = (parts: readonly [object, ...unknown[]], make: () => T) => T;

/** Makes a memory of what was last made for each first part. */
export function createRemember<T>(): Remember<T> {
  const made = new WeakMap<object, { readonly parts: readonly unknown[]; readonly value: T }>();
  return (parts, make) => {
    const [first] = parts;
    const before = made.get(first);
    const isSame =
      before?.parts.length === parts.length &&
      parts.every((part, index) => part === before.parts[index]);
    if (isSame) return before.value;
    const value = make();
    made.set(first, { parts, value });
    return value;
  };
}
