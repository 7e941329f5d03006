// A real API server asked about Secrets, through `kubectl proxy`, as kubectl asks: with strict field validation.

import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What the API server says. */
export interface ApiServerAnswer {
  /** Of HTTP. */
  readonly status: number;
  /** Of a refusal. */
  readonly message?: string;
  /** Of an object that is invalid: `field: what is wrong`, in no order. */
  readonly causes?: readonly string[];
}

/** A connection to an API server. */
export interface ApiServer {
  readonly ask: (secret: Readonly<Record<string, unknown>>) => Promise<ApiServerAnswer>;
  readonly close: () => void;
}

const NAMESPACE = 'default';

/** Connects by a kubeconfig. */
export async function connectApiServer(kubectl: string, kubeconfig: string): Promise<ApiServer> {
  const proxy = spawn(kubectl, ['--kubeconfig', kubeconfig, 'proxy', '--port=0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const origin = await originOf(proxy);
  return {
    ask: (secret) => post(`${origin}/api/v1/namespaces/${NAMESPACE}/secrets`, secret),
    close: () => proxy.kill(),
  };
}

async function originOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('kubectl proxy has no output');
  for await (const line of createInterface({ input: stdout })) {
    const [address] = /127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (address !== undefined) return `http://${address}`;
  }
  throw new Error('kubectl proxy ended');
}

interface Status {
  readonly message?: string;
  readonly metadata?: { readonly name?: string };
  readonly details?: {
    readonly causes?: readonly { readonly field: string; readonly message: string }[];
  };
}

/** Stored for good, since a dry run doesn't meet every refusal, and deleted at once. */
async function post(
  url: string,
  secret: Readonly<Record<string, unknown>>,
): Promise<ApiServerAnswer> {
  const response = await fetch(`${url}?fieldValidation=Strict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: bodyOf(secret),
  });
  const { message, metadata, details } = (await response.json()) as Status;
  const { status } = response;
  if (response.ok) {
    const stored = `${url}/${metadata?.name ?? ''}`;
    await fetch(stored, {
      method: 'PATCH',
      headers: { 'content-type': 'application/merge-patch+json' },
      body: '{"metadata":{"finalizers":null}}',
    });
    await fetch(stored, { method: 'DELETE' });
    return { status };
  }
  const causes = details?.causes?.map((cause) => `${cause.field}: ${cause.message}`);
  return {
    status,
    ...(message === undefined ? {} : { message }),
    ...(causes === undefined ? {} : { causes }),
  };
}

/** JSON, also of what nests deeper than JSON.stringify goes: lists in lists. */
function bodyOf(secret: unknown): string {
  return JSON.stringify(sorted(secret)).replaceAll(/"@deep (\d+)"/g, (_marker, depth: string) => {
    return '['.repeat(Number(depth)) + ']'.repeat(Number(depth));
  });
}

const MAX_DEPTH = 20;

/** kubectl sends the members of an object in the order of their names. */
function sorted(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return `@deep ${listDepth(value)}`;
  if (Array.isArray(value)) return value.map((item) => sorted(item, depth + 1));
  const entries = Object.entries(value).toSorted(([one], [other]) =>
    Buffer.compare(Buffer.from(one), Buffer.from(other)),
  );
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner, depth + 1)]));
}

function listDepth(value: unknown): number {
  let depth = 0;
  for (let inner = value; Array.isArray(inner); [inner] = inner) depth += 1;
  return depth;
}
