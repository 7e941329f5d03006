// --verbose: the events of Node's diagnostics channel `docker-keyring`, as lines of text.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';

const CHANNEL = 'docker-keyring';

/** Passes each event to `print` as text, until the function that is returned is called. Events hold no secrets. */
export function printDiagnostics(print: (text: string) => void): () => void {
  const onEvent = (event: unknown): void => print(`debug: ${describeEvent(event)}`);
  subscribe(CHANNEL, onEvent);
  return () => void unsubscribe(CHANNEL, onEvent);
}

/** `provider-failed: MESSAGE provider="ecr" image="nginx"`: kind, message, and the other members that are plain values. */
function describeEvent(event: unknown): string {
  const { kind, message, ...others } = Object(event) as Record<string, unknown>;
  const start = [kind, message].filter((text) => typeof text === 'string').join(': ');
  const fields = Object.entries(others).flatMap(([name, value]) => {
    if (typeof value === 'string') return [`${name}=${JSON.stringify(value)}`];
    return typeof value === 'number' || typeof value === 'boolean' ? [`${name}=${value}`] : [];
  });
  return [start, ...fields].join(' ');
}
