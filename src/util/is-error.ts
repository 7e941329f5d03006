// Errors of other realms: jest, vm contexts and worker threads make errors that are no instances of this realm's Error.

/** Whether a value is an error, of whatever realm. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}
