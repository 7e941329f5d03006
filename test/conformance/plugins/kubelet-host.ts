import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { CaseAnswer, FoundCredential, PlacedCase } from './cases.ts';

const run = promisify(execFile);
const SOURCE = fileURLToPath(new URL('../go', import.meta.url));

interface GoAnswer {
  readonly refused?: string;
  readonly lookups?: readonly (readonly FoundCredential[])[] | null;
}

/** The Go program that runs plugins with the kubelet's own code. */
export class KubeletHost {
  /** The program that every plugin of a case is. */
  readonly plugin: string;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting: ((answer: CaseAnswer) => void)[] = [];
  #fail: (error: Error) => void = () => {};
  readonly #ended: Promise<never>;

  private constructor(host: string, plugin: string) {
    this.plugin = plugin;
    this.#process = spawn(host, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, PLUGIN_SIDE: 'kubelet' },
    });
    this.#ended = new Promise((_resolve, reject) => (this.#fail = reject));
    this.#ended.catch(() => {});
    const lines = createInterface({ input: this.#process.stdout, crlfDelay: Infinity });
    lines.on('line', (line) => this.#waiting.shift()?.(decode(JSON.parse(line) as GoAnswer)));
    lines.on('close', () => this.#fail(new Error('the Go program ended early')));
  }

  /** Builds both programs into a directory, and starts the host. */
  static async start(directory: string): Promise<KubeletHost> {
    const [host, plugin] = [join(directory, 'plugin-host'), join(directory, 'plugin')];
    await run('go', ['build', '-o', host, './plugins'], { cwd: SOURCE });
    await run('go', ['build', '-ldflags', '-s -w', '-o', plugin, './plugins/plugin'], {
      cwd: SOURCE,
    });
    return new KubeletHost(host, plugin);
  }

  /** What the kubelet gets. Cases wait for each other. */
  ask({ config, binDir, serviceAccounts, lookups }: PlacedCase): Promise<CaseAnswer> {
    const answered = new Promise<CaseAnswer>((resolve) => this.#waiting.push(resolve));
    this.#process.stdin.write(`${JSON.stringify({ config, binDir, serviceAccounts, lookups })}\n`);
    return Promise.race([answered, this.#ended]);
  }

  stop(): void {
    this.#process.stdin.end();
  }
}

function plain(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}

/** Go writes bytes in base64, since they may not be UTF-8. */
function decode({ refused, lookups }: GoAnswer): CaseAnswer {
  const found = (lookups ?? []).map((credentials) =>
    credentials.map(({ username, password, ...rest }) => ({
      username: plain(username),
      password: plain(password),
      ...rest,
    })),
  );
  return { lookups: found, ...(refused === undefined ? {} : { refused }) };
}
