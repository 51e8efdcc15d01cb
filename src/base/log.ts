import { pino } from "pino";

/** Values that go with a log message. Objects are named by key ("namespace/name"), never logged whole; secrets never. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where a component says what it does: constant lowercase messages, with what varies in the fields. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log whose every line carries these fields too. */
  child(fields: LogFields): Log;
}

/** How much is written: "silent" writes nothing. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

export const logLevels: readonly LogLevel[] = ["debug", "info", "warn", "error", "silent"];

interface Sink {
  child(fields: object): Sink;
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Creates a log of JSON lines on standard error; standard output is for what users asked to see. */
export function createLog(component: string, level: LogLevel = "info"): Log {
  const options = { level, base: { component }, timestamp: pino.stdTimeFunctions.isoTime };
  return adapt(pino(options, pino.destination({ fd: 2, sync: true })));
}

function adapt(sink: Sink): Log {
  return {
    debug: (message, fields = {}) => sink.debug(readable(fields), message),
    info: (message, fields = {}) => sink.info(readable(fields), message),
    warn: (message, fields = {}) => sink.warn(readable(fields), message),
    error: (message, fields = {}) => sink.error(readable(fields), message),
    child: (fields) => adapt(sink.child(fields)),
  };
}

/** Pino serializes errors only under the key "err"; here an error may stand under any. */
function readable(fields: LogFields): object {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? describeError(value) : value]));
}

function describeError(error: Error): object {
  const cause = error.cause instanceof Error ? { cause: error.cause.message } : {};
  return { message: error.message, stack: error.stack, ...cause };
}
