// Work that many wait for and that is done once: one flight a key, its waiters counted, ended when nobody waits.

import { orAbort } from './abort.ts';

/** Does the work of a flight, until its signal is aborted. */
export type Takeoff<T> = (signal: AbortSignal) => Promise<T>;

/** What is under way. */
export interface Flights<T> {
  /** Whether a flight of this key is under way. */
  has(key: string): boolean;
  /**
   * Waits for the flight of this key, and starts one where there is none. When the last one who waits gives up, the
   * flight is aborted.
   *
   * @throws what the flight fails with; the signal's reason; the reason that `close` was given.
   */
  join(key: string, start: Takeoff<T>, signal: AbortSignal): Promise<T>;
  /** Starts a flight that goes on though nobody waits; `undefined` where one of this key is under way. */
  launch(key: string, start: Takeoff<T>): Promise<T> | undefined;
  /** Aborts all flights. */
  close(reason: Error): void;
}

interface Flight<T> {
  readonly promise: Promise<T>;
  readonly controller: AbortController;
  readonly isBackground: boolean;
  waiters: number;
}

/** Makes an empty sky. */
export function createFlights<T>(): Flights<T> {
  const flights = new Map<string, Flight<T>>();

  function begin(key: string, start: Takeoff<T>, isBackground: boolean): Flight<T> {
    const controller = new AbortController();
    const { signal } = controller;
    // Not the work alone: what is aborted is over, whether or not the work minds.
    const promise = orAbort(signal, start(signal)).finally(() => {
      if (flights.get(key) === flight) flights.delete(key);
    });
    // Whoever waits is told; a flight in the background may have nobody waiting.
    promise.catch(() => {});
    const flight: Flight<T> = { promise, controller, isBackground, waiters: 0 };
    flights.set(key, flight);
    return flight;
  }

  /** Nobody waits any longer: after a flight's end this does nothing. */
  function abandon(key: string, flight: Flight<T>, reason: unknown): void {
    if (flights.get(key) !== flight) return;
    flights.delete(key);
    flight.controller.abort(reason);
  }

  return {
    has: (key) => flights.has(key),
    async join(key, start, signal) {
      signal.throwIfAborted();
      const flight = flights.get(key) ?? begin(key, start, false);
      flight.waiters += 1;
      try {
        return await orAbort(signal, flight.promise);
      } finally {
        flight.waiters -= 1;
        if (flight.waiters === 0 && !flight.isBackground) abandon(key, flight, signal.reason);
      }
    },
    launch(key, start) {
      return flights.has(key) ? undefined : begin(key, start, true).promise;
    },
    close(reason) {
      for (const [key, flight] of flights) abandon(key, flight, reason);
    },
  };
}
