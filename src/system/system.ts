// What lives here: the one seam to the outside world: clock, environment, files, HTTP, processes.
// To add one: a method on System with a deadline or an AbortSignal, its Node form in node-system.ts, a fake in test/unit/fakes.
// Must not be imported here: anything but Node's own modules and errors.ts. No other room touches the outside.

import type { Agent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';

/** What of a file's state tells that it changed. */
export interface FileStamp {
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
  /** Who may do what, as chmod has it: `0o600`. On Windows it says nothing. */
  readonly mode?: number;
  /** The numeric id of the user whose it is. On Windows it says nothing. */
  readonly owner?: number;
}

/** A file's bytes, with the state they were read in. */
export interface FileContent {
  readonly bytes: Uint8Array;
  readonly stamp: FileStamp;
}

/** What a directory holds under one name. */
export interface DirectoryEntry {
  readonly name: string;
  /** Whether it is itself a directory; a link to one is not. */
  readonly isDirectory: boolean;
}

/** Limits of one read. */
export interface ReadOptions {
  /** More bytes than this are refused. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether a symbolic link is followed; `false` refuses one.
   *
   * @defaultValue `true`
   */
  readonly followLinks?: boolean;
}

/** How a timer behaves. */
export interface TimerOptions {
  /**
   * Whether the process stays alive for it; for deadlines of work under way.
   *
   * @defaultValue `false`
   */
  readonly keepAlive?: boolean;
}

/** What kind of network an IP address belongs to. */
export type AddressKind = 'public' | 'private' | 'link-local' | 'loopback';

/** One HTTP exchange. Redirects are never followed, so that nothing secret travels to another host. */
export interface HttpRequest {
  readonly url: string;
  /** @defaultValue `'GET'` */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The deadline of the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /**
   * A larger body is refused.
   *
   * @defaultValue 1 MiB
   */
  readonly maxBytes?: number;
  /**
   * Whether it goes through the proxy that the environment names. `'never'` is for addresses of this machine's own
   * network: metadata servers.
   *
   * @defaultValue `'environment'`
   */
  readonly proxy?: 'environment' | 'never';
  /** Certificates of authorities that are trusted beside the usual ones, in PEM. */
  readonly ca?: string | undefined;
  /**
   * What kinds of address it may go to: judged by the address that is connected to, when the name has been resolved. Behind
   * a proxy, which resolves names itself, only an address that stands in the URL is judged.
   *
   * @defaultValue all
   */
  readonly addresses?: readonly AddressKind[] | undefined;
}

/** What a server answered, whatever the status. */
export interface HttpResponse {
  readonly status: number;
  /** Values by name in lower case; a header that was sent twice has two. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Decoded as UTF-8. */
  readonly body: string;
  /** The kind of the address that answered; `undefined` where a proxy stands between. */
  readonly address?: AddressKind | undefined;
}

/** An answer whose body is still to come. */
export interface HttpStream extends Omit<HttpResponse, 'body'> {
  /** Can be read once; ends with an error when nothing comes for the request's `timeoutMs`, or its signal is aborted. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the answer: for a body that is not read to its end. */
  readonly cancel: () => void;
}

/** Agents for SDKs that do HTTP by themselves: they obey the environment's proxies. */
export interface HttpAgents {
  readonly httpAgent: Agent;
  readonly httpsAgent: HttpsAgent;
}

/** One run of a program, never through a shell. */
export interface ProcessRequest {
  /** A path, or a name that is looked up on the `PATH`. */
  readonly command: string;
  readonly args: readonly string[];
  /** Written to its standard input, which is then closed. */
  readonly stdin: string;
  /** Added to this process's own environment, replacing variables of the same name. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** More standard output than this ends the program. Of standard error the last 64 KiB are kept. */
  readonly maxOutputBytes: number;
}

/** How a program ended by itself. */
export interface ProcessResult {
  /** `undefined` where a signal that is not ours killed it. */
  readonly exitCode: number | undefined;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

/** The outside world, as the rooms below see it. Ask for the slice you use: `Pick<System, 'now'>`. */
export interface System {
  /** Wall-clock time, in milliseconds since 1970. */
  now(): number;
  /** A clock that never goes back, in milliseconds from an arbitrary start. */
  monotonicMs(): number;
  /** An environment variable's value. */
  env(name: string): string | undefined;
  /** The names of all environment variables. */
  variableNames(): readonly string[];
  /** As `process.platform` names it: `linux`, `darwin`, `win32`. */
  readonly platform: string;
  /** The home directory as Node finds it, `''` where there is none. */
  homeDirectory(): string;
  workingDirectory(): string;
  /** The numeric user id, `undefined` on Windows. */
  userId(): number | undefined;
  /** `undefined` when there is no such file. Other failures reject. */
  stat(path: string, signal?: AbortSignal): Promise<FileStamp | undefined>;
  /** `undefined` when there is no such file. Other failures, a directory and too many bytes among them, reject. */
  readFile(path: string, options: ReadOptions): Promise<FileContent | undefined>;
  /** What a directory holds, in no order. Rejects where there is no such directory. */
  readDirectory(path: string): Promise<readonly DirectoryEntry[]>;
  /** Writes a whole file or nothing, readable by its owner only (mode 0600). */
  writeFileAtomic(path: string, text: string, signal?: AbortSignal): Promise<void>;
  /**
   * Makes a whole file (mode 0600) where nothing stands; `false`, and nothing changed, where something does. Of any
   * number of processes one succeeds. It needs a file system with hard links.
   */
  createFileExclusive(path: string, text: string): Promise<boolean>;
  /** Renames, replacing a file that stands there; `false` where there is nothing to rename. */
  moveFile(from: string, to: string): Promise<boolean>;
  /** Removes a file or link, if there is one; never a directory, which rejects. */
  removeFile(path: string): Promise<void>;
  /** Makes a file (mode 0600) under a name that nothing has yet; somebody who looks meanwhile may see half of it. */
  createFile(path: string, text: string): Promise<void>;
  /** Writes into an empty file that is there, and never makes one; `false` where there is none. */
  fillFile(path: string, text: string): Promise<boolean>;
  /** Sets a file's time to now; `false` where there is none. */
  touchFile(path: string): Promise<boolean>;
  /**
   * Renames a directory to a name that nothing or an empty directory has; `false`, and nothing changed, where something
   * stands there or the directory is gone. Of any number of processes one succeeds.
   */
  moveDirectory(from: string, to: string): Promise<boolean>;
  /** Removes a directory where it is empty, and leaves it otherwise. */
  removeDirectory(path: string): Promise<void>;
  /** The path behind all symbolic links; of a file that is not there the path as it is. */
  resolveLinks(path: string): Promise<string>;
  /** Makes a directory and the missing ones above it for this user only (mode 0700); one that is there stays as it is. */
  makeDirectory(path: string): Promise<void>;
  /**
   * Does one HTTP exchange. Rejects when there is no answer, with the reason as Node gives it as `cause`, and with a
   * {@link TimeoutError} at the deadline. The message names the method and the URL without its query.
   */
  http(request: HttpRequest): Promise<HttpResponse>;
  /** The same with a body of any size, which is read as it comes; `timeoutMs` is for its head and each pause. */
  httpStream(request: HttpRequest): Promise<HttpStream>;
  /** Agents for SDKs; the same ones each time. */
  httpAgents(): Promise<HttpAgents>;
  /**
   * Runs a program to its end. Rejects with the system's error (`code` is `ENOENT` where there is no such program), with
   * a {@link TimeoutError} at the deadline, and when it prints too much; it is then killed with its process group.
   */
  run(request: ProcessRequest): Promise<ProcessResult>;
  /** This process, for {@link System.isRunning}: a text that is part of a file name; `'0'` where that cannot be said. */
  ownProcess(): Promise<string>;
  /**
   * Whether a process runs that called itself so. `undefined` where nobody can say: it is of another machine or
   * container, or this is not Linux.
   */
  isRunning(process: string): Promise<boolean | undefined>;
  /** A name that nothing else has. */
  uniqueName(): string;
  /** A number from 0 up to but not including 1, for jitter; not for secrets. */
  random(): number;
  /** Calls back after a delay; the returned function cancels. */
  setTimer(delayMs: number, callback: () => void, options?: TimerOptions): () => void;
}
