import type { Duplex } from "node:stream";
import type { Clock } from "../base/clock.js";
import type { RemoteApiClient } from "../client/client.js";
import type { Howbeconfig } from "../client/howbeconfig.js";

/** Where text goes: standard output or standard error. */
export interface Output {
  readonly isTerminal: boolean;
  /** Writes a line; `text` may hold several. */
  line(text: string): void;
  /** Writes bytes as they are. Resolves once the reader has room for more, so that a fast source waits for a slow pipe. */
  bytes(data: Uint8Array): Promise<void>;
}

/** Standard input. */
export interface Input {
  readonly isTerminal: boolean;
  /** Everything up to its end. */
  readAll(): Promise<string>;
  /** Asks on the terminal and returns the answer, without surrounding blanks. */
  ask(question: string): Promise<string>;
  /** What comes, as it comes, until its end or until `signal` fires; then nothing more can be read. */
  chunks(signal: AbortSignal): AsyncIterable<Buffer>;
}

/** The terminal on which standard input and output are, if they are on one. */
export interface Terminal {
  /** Undefined where there is no terminal. */
  size(): { readonly columns: number; readonly rows: number } | undefined;
  /** Calls `changed` whenever its size has changed, until the function returned is called. */
  onResize(changed: () => void): () => void;
  /** Passes every key on as it is pressed, Ctrl-C too, until the function returned is called. */
  makeRaw(): () => void;
}

/** A port that is listened on. */
export interface Listener {
  readonly port: number;
  /** Takes no more connections; those there are go on. */
  close(): void;
}

/** This machine's network. */
export interface Network {
  /**
   * Listens on an address; either half of a connection closes for itself.
   *
   * @param port 0 for any that is free
   * @throws UsageError when the port cannot be had
   */
  listen(address: string, port: number, connected: (connection: Duplex) => void): Promise<Listener>;
}

/** The files that flags may name. */
export interface Files {
  /** @throws UsageError when there is no such path */
  isDirectory(path: string): Promise<boolean>;
  /** Names in a directory, sorted. */
  list(path: string): Promise<string[]>;
  read(path: string): Promise<string>;
  readBytes(path: string): Promise<Buffer>;
  write(path: string, text: string): Promise<void>;
  makeDirectory(path: string): Promise<void>;
  /** Makes a directory that only this user can look into, for `work` to use and to remove or to leave. */
  makeTemporaryDirectory(): Promise<string>;
  /** Removes a file, or a directory with all that is in it. */
  remove(path: string): Promise<void>;
}

/** Other programs of this machine, on this one's terminal. */
export interface Programs {
  /**
   * Runs a program with its arguments, no shell between, and returns its exit code.
   *
   * @throws UsageError when it cannot be started
   */
  run(program: string, args: readonly string[]): Promise<number>;
}

/** The howbeconfig in use. */
export interface ConfigFile {
  /** @throws HowbeconfigError when it is absent or not a howbeconfig */
  read(): Promise<Howbeconfig>;
  write(config: Howbeconfig): Promise<void>;
}

/** Flags that every command takes. */
export interface GlobalFlags {
  readonly howbeconfig?: string;
  readonly context?: string;
  /** HOST:PORT, instead of the context's. */
  readonly server?: string;
  readonly namespace?: string;
  /** Milliseconds that one request may take, attempts to reach the server included; 0 or absent: one attempt, in the client's own time. */
  readonly requestTimeout?: number;
}

/** Everything a command touches besides its arguments, so that its spec runs it without processes or servers. */
export interface CliEnv {
  readonly out: Output;
  readonly err: Output;
  readonly input: Input;
  readonly terminal: Terminal;
  readonly network: Network;
  readonly files: Files;
  readonly programs: Programs;
  readonly clock: Clock;
  /** Fires on SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  readonly config: ConfigFile;
  readonly flags: GlobalFlags;
  /** A variable of the process environment; undefined when unset or empty. */
  variable(name: string): string | undefined;
  /** The namespace to work in: `-n`, else the context's, else "default". */
  namespace(): Promise<string>;
  /** HOST:PORT of the server: `--server`, else the context's. */
  server(): Promise<string>;
  /** The connection to the cluster, made at the first call and closed by the program. */
  client(): Promise<RemoteApiClient>;
}
