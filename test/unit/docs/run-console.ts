// Runs the commands of a console block, and writes the block as it should be.

import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { runCli } from '../../../src/cli/run-cli.ts';
import { nodeSystem } from '../../../src/system/node-system.ts';
import type { System } from '../../../src/system/system.ts';
import { inTurn } from './in-turn.ts';
import { answerOfRegistry } from './page-registry.ts';
import { importModule } from '../../../src/cli/inputs/import-module.ts';

const PROMPT = '$ ';
const PROGRAM = 'docker-keyring';

/** The block's commands, each with what it prints now. */
export async function runConsole(block: string, home: string): Promise<string> {
  const session: Session = { home, exitCode: 0 };
  const tasks = commandsIn(block).map((command) => async (): Promise<string> => {
    const output = await runCommand(command, session);
    return `${PROMPT}${command}\n${output}`;
  });
  return (await inTurn(tasks)).join('');
}

interface Session {
  readonly home: string;
  /** The last command's, as `$?` has it. */
  exitCode: number;
}

/** Commands may go over several lines, as in a shell. */
function commandsIn(block: string): readonly string[] {
  const commands = block.match(/^\$ (?:.*\\\n)*.*$/gm) ?? [];
  return commands.map((command) => command.slice(PROMPT.length));
}

async function runCommand(command: string, session: Session): Promise<string> {
  if (command === 'echo $?') return `${session.exitCode}\n`;
  const [line = '', input] = command.split(' < ');
  const [program, ...argv] = wordsOf(line);
  if (program !== PROGRAM) throw new Error(`A page cannot run ${program ?? 'nothing'}`);
  let printed = '';
  const output = {
    isTTY: false,
    columns: undefined,
    write: (text: string) => void (printed += text),
  };
  session.exitCode = await runCli({
    argv,
    stdin: { isTTY: input === undefined, chunks: bytesOf(input) },
    stdout: output,
    stderr: output,
    system: pageSystem(session.home),
    nodeVersion: 'v24.1.0',
    importModule,
    isDirectory: async (path) => (await stat(path)).isDirectory(),
  });
  return printed;
}

/** Variables that a page's commands see; what the machine has beside them is no reader's. */
const VISIBLE = /^(?:COLUMNS|NO_COLOR|FORCE_COLOR|HOME|XDG_\w+|DOCKER_\w+|REGISTRY_AUTH_FILE)$/;

/** A machine of no cloud, without programs, that has the page's own folder, and one registry for its network. */
function pageSystem(home: string): System {
  const root = dirname(home);
  const isOwn = (path: string): boolean => path.startsWith(root);
  return {
    ...nodeSystem,
    platform: 'linux',
    env: (name) => (VISIBLE.test(name) ? nodeSystem.env(name) : undefined),
    // Jest's environment is a copy, which os.homedir() does not see.
    homeDirectory: () => home,
    stat: async (path, signal) => {
      const stamp = isOwn(path) ? await nodeSystem.stat(path, signal) : undefined;
      // Whoever checks the repository out has an umask of their own.
      return stamp && { ...stamp, mode: 0o644 };
    },
    readFile: async (path, options) =>
      isOwn(path) ? nodeSystem.readFile(path, options) : undefined,
    http: async (request) => {
      const answer = answerOfRegistry(request);
      if (answer === undefined) throw new Error(`${request.url}: a page has no network`);
      return answer;
    },
    httpStream: async ({ url }) => Promise.reject(new Error(`${url}: a page has no network`)),
    httpAgents: async () => Promise.reject(new Error('a page has no network')),
    run: async ({ command }) => {
      throw Object.assign(new Error(`spawn ${command} ENOENT`), { code: 'ENOENT' });
    },
  };
}

function wordsOf(command: string): readonly string[] {
  const words = command.replaceAll('\\\n', ' ').matchAll(/'([^']*)'|(\S+)/g);
  return [...words].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

async function* bytesOf(path: string | undefined): AsyncGenerator<Uint8Array> {
  if (path !== undefined) yield await readFile(path);
}
