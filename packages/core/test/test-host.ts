import * as net from "node:net";
import type { Clock } from "../src/clock.ts";
import { systemClock } from "../src/clock.ts";
import type { ExtensionOptions } from "../src/extension-options.ts";
import type { Host } from "../src/host.ts";
import { inheritConnection, readInto } from "../src/http/inherited-connection.ts";
import { runExtensionOn } from "../src/run-extension.ts";

/** An extension that runs in the test's own process. */
export interface RunningExtension {
  /** The lines on its standard error. */
  readonly errors: string[];
  readonly env: Record<string, string | undefined>;
  readonly exitCodes: number[];
  /** Resolves with the exit status. */
  readonly exited: Promise<number>;
  signal(name: "SIGTERM" | "SIGINT"): void;
  uncaught(error: unknown): void;
}

/** Runs an extension on a host with a fake process. */
export function run(
  env: Record<string, string | undefined>,
  options: ExtensionOptions,
  { clock = systemClock, hostsFile = "" }: { readonly clock?: Clock; readonly hostsFile?: string } = {},
): RunningExtension {
  const errors: string[] = [];
  const exitCodes: number[] = [];
  let signal: (name: "SIGTERM" | "SIGINT") => void = () => {};
  let uncaught: (error: unknown) => void = () => {};
  const ownEnv = { ...env };
  const exited = new Promise<number>((resolve, reject) => {
    const host: Host = {
      env: ownEnv,
      clock,
      folderName: "folder-extension",
      hostsFile: () => hostsFile,
      writeError: (line) => errors.push(line),
      exit(code) {
        exitCodes.push(code);
        resolve(code);
      },
      onSignal: (listener) => (signal = listener),
      onUncaught: (listener) => (uncaught = listener),
      connect: (address, onBytes) => net.createConnection({ ...address, onread: readInto(onBytes) }),
      inherit: (fd) => inheritConnection(fd, () => net),
    };
    runExtensionOn(host, options).catch(reject);
  });
  return {
    errors,
    env: ownEnv,
    exitCodes,
    exited,
    signal: (name) => signal(name),
    uncaught: (error) => uncaught(error),
  };
}
