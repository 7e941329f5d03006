// Objects whose secrets are read on purpose only.

/**
 * Moves getters where `util.inspect` never calls them, even with `getters`, `showHidden` and without `customInspect`: it
 * stops at a prototype whose constructor is a builtin (Node.js 20 to 24, lib/internal/util/inspect.js, addPrototypeProperties).
 * Instances keep their values in private fields, which printing, spreading and `structuredClone` do not see either.
 */
export function hideGetters(prototype: object): void {
  const hidden = Object.create(Object.getPrototypeOf(prototype) as object, {
    constructor: { value: Object },
  }) as object;
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (property.get === undefined) continue;
    Object.defineProperty(hidden, name, property);
    Reflect.deleteProperty(prototype, name);
  }
  Object.setPrototypeOf(prototype, hidden);
}
