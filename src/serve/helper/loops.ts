// Loops: a helper that asks a helper that asks it. Each hands down to its children the names of all that led to them.

import type { System } from '../../system/system.ts';
import { HelperError, type HelperProcess } from './contract.ts';
import { oneLine } from '../../util/one-line.ts';

/** Holds the names of the helpers that wait for this process, the oldest first, with `:` between them. */
export const CHAIN_VARIABLE = 'DOCKER_KEYRING_HELPER_CHAIN';

/** What a client of the inner helper sees; the outer one knows it again. */
const LOOP = 'a loop of credential helpers';
const PREFIX = 'docker-credential-';

/** Notes that this helper is at work, for its children to see. */
export function joinChain(env: HelperProcess['env'], name: string): void {
  const before = (env[CHAIN_VARIABLE] ?? '').split(':').filter((one) => one !== '');
  if (before.includes(name)) {
    const way = [...before, name].map(oneLine).join(' → ');
    throw new HelperError(
      `${LOOP}: ${way}; take ${name} out of what ${before.at(-1)} asks, or give ${name} sources of its own`,
    );
  }
  env[CHAIN_VARIABLE] = [...before, name].join(':');
}

/** What a system that watches for loops is made of. */
export interface LoopWatch {
  /** The helper's own name. */
  readonly name: string;
  /** Is told of a loop that was not followed. */
  readonly onLoop: (message: string) => void;
}

/** The same world, in which the helper `name` starts neither itself nor, unnoticed, another that leads back to it. */
export function withoutLoops(system: System, { name, onLoop }: LoopWatch): System {
  return {
    ...system,
    async run(request) {
      if (isProgram(request.command, name)) {
        onLoop(`${LOOP}: a source of ${name} names ${name} itself, which is not asked`);
        throw Object.assign(new Error('a loop'), { code: 'ELOOP' });
      }
      const result = await system.run(request);
      const text = new TextDecoder().decode(result.stdout);
      const isLoop = result.exitCode !== 0 && `${text}${result.stderr}`.includes(LOOP);
      if (isLoop) onLoop(`${LOOP}: ${shortName(request.command)} leads back to ${name}`);
      return result;
    },
  };
}

function isProgram(command: string, name: string): boolean {
  return /^(?:.*[/\\])?(.*?)(?:\.exe)?$/is.exec(command)?.[1] === name;
}

function shortName(command: string): string {
  const start = command.lastIndexOf(PREFIX);
  return oneLine(start < 0 ? command : command.slice(start));
}
