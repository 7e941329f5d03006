// Loops: a helper that asks a helper that asks it. Each passes its children the names of the helpers that led to them.

import type { System } from '../../system/system.ts';
import { HelperError, type HelperProcess } from './contract.ts';
import { oneLine } from '../../util/text/one-line.ts';

/** The names of the helpers that wait for this process, the first one first, with `:` between them. */
export const CHAIN_VARIABLE = 'DOCKER_KEYRING_HELPER_CHAIN';

/** The inner helper's message begins with it; the outer helper recognises it. */
const LOOP = 'a loop of credential helpers';
const PREFIX = 'docker-credential-';

/**
 * Adds this helper to the chain, for its children.
 *
 * @throws {@link HelperError} where it is in the chain already.
 */
export function joinChain(env: HelperProcess['env'], name: string): void {
  const before = (env[CHAIN_VARIABLE] ?? '').split(':').filter((one) => one !== '');
  if (before.includes(name)) {
    const chain = [...before, name].map(oneLine).join(' → ');
    throw new HelperError(
      `${LOOP}: ${chain}; remove ${name} from the sources of ${before.at(-1)}, or configure other sources for ${name}`,
    );
  }
  env[CHAIN_VARIABLE] = [...before, name].join(':');
}

export interface LoopWatch {
  readonly name: string;
  /** Called with each loop that was found. */
  readonly onLoop: (message: string) => void;
}

/** A system whose `run` refuses to start the helper `name`, and reports a helper that leads back to it. */
export function withoutLoops(system: System, { name, onLoop }: LoopWatch): System {
  return {
    ...system,
    async run(request) {
      if (isProgram(request.command, name)) {
        onLoop(`${LOOP}: a source of ${name} names ${name} itself, which is skipped`);
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
