// How far two clocks may be apart: for everything that compares this machine's time with another's.

/** In milliseconds. AWS, Entra ID and Kerberos allow as much. */
export const MAX_CLOCK_SKEW_MS: number = 5 * 60_000;
