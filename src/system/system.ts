// What lives here: the one seam to the outside world: clock, environment, files (later also fetch and processes).
// To add one: a method on System with a deadline or an AbortSignal, its Node form in node-system.ts, a fake in test/unit/fakes.
// Must not be imported here: anything but Node's own modules and errors.ts. No other room touches the outside.

/** What of a file's state tells that it changed. */
export interface FileStamp {
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
}

/** A file's bytes, with the state they were read in. */
export interface FileContent {
  readonly bytes: Uint8Array;
  readonly stamp: FileStamp;
}

/** Limits of one read. */
export interface ReadOptions {
  /** More bytes than this are refused. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** How a timer behaves. */
export interface TimerOptions {
  /** Whether the process stays alive for it; for deadlines of work under way. Default `false`. */
  readonly keepAlive?: boolean;
}

/** The outside world, as the rooms below see it. Ask for the slice you use: `Pick<System, 'now'>`. */
export interface System {
  /** Wall-clock time, in milliseconds since 1970. */
  now(): number;
  /** A clock that never goes back, in milliseconds from an arbitrary start. */
  monotonicMs(): number;
  /** An environment variable's value. */
  env(name: string): string | undefined;
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
  /** Writes a whole file or nothing, readable by its owner only (mode 0600). */
  writeFileAtomic(path: string, text: string, signal?: AbortSignal): Promise<void>;
  /** Calls back after a delay; the returned function cancels. */
  setTimer(delayMs: number, callback: () => void, options?: TimerOptions): () => void;
}
