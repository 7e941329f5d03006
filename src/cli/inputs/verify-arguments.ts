// The values of verify's options. What is wrong with one, commander says with the option's name.

import { InvalidArgumentError } from 'commander';
import { isRegistryHost, isUrlHost } from '../../registry/client/options.ts';

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
/** More at a time helps nobody, and registries take it for an attack. */
const MAX_AMOUNT = 100;

/** `30m`, `12h`, `7d`, in milliseconds. */
export function parseDuration(value: string): number {
  const [, amount, unit = ''] = /^(\d{1,6})([smhd])$/.exec(value) ?? [];
  const unitMs = UNITS_MS[unit];
  if (unitMs !== undefined) return Number(amount) * unitMs;
  throw new InvalidArgumentError('It is a number and s, m, h or d.');
}

/** A whole number from 1. */
export function parseAmount(value: string): number {
  const amount = /^\d+$/.test(value) ? Number(value) : 0;
  if (amount >= 1 && amount <= MAX_AMOUNT) return amount;
  throw new InvalidArgumentError(`It is a number from 1 to ${MAX_AMOUNT}.`);
}

/** Platforms with commas between them, behind those before. */
export function parsePlatforms(value: string, before: readonly string[] = []): readonly string[] {
  const platforms = value.split(',').map((one) => one.trim());
  const areGood = platforms.every((one) => /^[\w.-]+(?:\/[\w.-]+){1,2}$/.test(one));
  if (areGood) return [...before, ...platforms];
  throw new InvalidArgumentError('It is os/arch or os/arch/variant, such as linux/arm/v7.');
}

/** A registry with or without its port, behind those before. */
export function parseRegistry(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, checkedHost(value, isRegistryHost)];
}

/** A token server with or without its port, behind those before. */
export function parseRealm(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, checkedHost(value, isUrlHost)];
}

function checkedHost(value: string, isHost: (host: string) => boolean): string {
  if (isHost(value)) return value;
  throw new InvalidArgumentError('It is host or host:port, without https:// and without a path.');
}
