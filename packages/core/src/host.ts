import { readFileSync, writeSync } from "node:fs";
import type { Socket } from "node:net";
import { basename, dirname } from "node:path";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { describeError } from "./describe-error.ts";
import { inheritConnection, readInto } from "./http/inherited-connection.ts";
import type { BytesListener, InheritedConnection } from "./http/inherited-connection.ts";

/** Everything the loop needs of its process; tests pass a fake. */
export interface Host {
  readonly env: Record<string, string | undefined>;
  readonly clock: Clock;
  /** See {@link bundleFolderName}. */
  readonly folderName: string;
  /** The text of /etc/hosts; empty if it cannot be read. */
  hostsFile(): string;
  writeError(line: string): void;
  /** Ends the process; the loop does nothing after it. */
  exit(code: number): void;
  onSignal(listener: (signal: "SIGTERM" | "SIGINT") => void): void;
  /** Uncaught exceptions and unhandled rejections; with a listener, Node does not exit on them. */
  onUncaught(listener: (error: unknown) => void): void;
  connect(address: { readonly host: string; readonly port: number }, onBytes: BytesListener): Socket;
  inherit(fd: number): InheritedConnection;
}

/** The real process. The only place of this package that touches it. */
export function createProcessHost(): Host {
  return {
    env: process.env,
    clock: systemClock,
    folderName: bundleFolderName(),
    hostsFile: readHostsFile,
    writeError: writeErrorLine,
    exit: (code) => process.exit(code),
    onSignal(listener) {
      process.on("SIGTERM", listener);
      process.on("SIGINT", listener);
    },
    onUncaught(listener) {
      process.on("uncaughtException", listener);
      process.on("unhandledRejection", listener);
    },
    connect: (address, onBytes) =>
      builtinModule("node:net").createConnection({ ...address, keepAlive: true, onread: readInto(onBytes) }),
    inherit: (fd) => inheritConnection(fd, () => builtinModule("node:net")),
  };
}

/** Set if the start check of build-layer runs this process: the number of a pipe, see docs/layers.md. */
export const startCheckVariable = "LAMBDA_EXTENSION_START_CHECK";

/**
 * Tells the start check of build-layer, if it runs this process, about a failure that the loop survives: one line of
 * JSON for the pipe. The place `program` is before `runExtension`.
 */
export function tellStartCheck(env: Host["env"], where: string, error: unknown): void {
  try {
    const of = Object(error) as Partial<NodeJS.ErrnoException>;
    const line = JSON.stringify([where, describeError(error), of.name, of.code, of.path, of.syscall]);
    // Without the variable this throws, because NaN is no descriptor.
    writeSync(Number(env[startCheckVariable]), `${line}\n`);
  } catch {
    // No check runs, or the error cannot be read.
  }
}

/**
 * Calls the listener for an exception that would end the process before the loop listens; the returned function ends
 * that. Does nothing outside Lambda, where a stack trace is more useful.
 */
export function onEarlyFailure(listener: (error: unknown) => void): () => void {
  if (process.env["AWS_LAMBDA_RUNTIME_API"] === undefined) return () => {};
  process.on("uncaughtException", listener);
  return () => void process.off("uncaughtException", listener);
}

/**
 * A module of Node.js, loaded when it is needed and not at the start: `node:net` takes 2 ms, `node:http` 10 ms. An
 * `import` of `node:http`, early or late, would also load undici, 40 ms.
 */
export const builtinModule = ((id: string) => process.getBuiltinModule(id)) as typeof process.getBuiltinModule;

/** The name of the folder that holds the running bundle: by the layout of a layer, the extension's name. */
export function bundleFolderName(): string {
  return basename(dirname(process.argv[1] ?? "/extension/index.cjs"));
}

function readHostsFile(): string {
  try {
    return readFileSync("/etc/hosts", "utf8");
  } catch {
    return "";
  }
}

/**
 * Writes one line to standard error, to the descriptor itself: the first use of `process.stderr` takes milliseconds.
 * If the pipe is full, `process.stderr` writes it.
 */
export function writeErrorLine(line: string): void {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    process.stderr.write(`${line}\n`);
  }
}
