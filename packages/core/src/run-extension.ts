import type { ExtensionOptions } from "./extension-options.ts";
import { createExtensionsApi } from "./extensions-api.ts";
import { takeHandOff } from "./hand-off.ts";
import { createProcessHost, onEarlyFailure, tellStartCheck } from "./host.ts";
import type { Host } from "./host.ts";
import { createHttpConnection } from "./http/http-connection.ts";
import type { BytesListener } from "./http/inherited-connection.ts";
import { runLifeCycle } from "./life-cycle.ts";
import { parseOptions } from "./parse-options.ts";

/** What this process runs. */
interface Running {
  readonly promise: Promise<void>;
  /** True if no further call needs a report. */
  isReported: boolean;
}

const key = Symbol.for("@lambda-extension/core");

/** One mark for all copies of this package in the process, of any version and module format. */
const inProcess = globalThis as { [key]?: Running };

/**
 * The launcher has registered before Node.js loads this module: an error that the program throws before `runExtension`
 * would fail the function. Instead the loop runs without it: docs/adr/0106-a-program-that-throws-too-early.md.
 */
const endEarlyWatch = onEarlyFailure((error) => {
  endEarlyWatch();
  // Otherwise another copy of this package runs, and reports the exception.
  if (inProcess[key] === undefined) tellStartCheck(createProcessHost().env, "program", error);
  const onInit = (): never => {
    throw error;
  };
  void runOnce({ onInit }, true);
});

/**
 * Runs an extension from registration to SHUTDOWN, then ends the process: exit status 0, or 1 after saying why.
 * A second call in the process, also of another copy of this package, reports that and returns the first promise.
 * Errors: none; docs/life-cycle.md lists what each failure does.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
 */
export function runExtension(options: ExtensionOptions): Promise<void> {
  endEarlyWatch();
  return runOnce(options, false);
}

function runOnce(options: ExtensionOptions, isReported: boolean): Promise<void> {
  const host = createProcessHost();
  const running = inProcess[key];
  if (running === undefined) {
    let start = (): void => {};
    const promise = new Promise<void>((resolve) => (start = () => resolve(runExtensionOn(host, options))));
    inProcess[key] = { promise, isReported };
    // After the mark is set: a handler may call `runExtension`.
    start();
    return promise;
  }
  if (!isReported && !running.isReported) {
    running.isReported = true;
    host.writeError(`[${host.folderName}] ${secondCall}`);
  }
  return running.promise;
}

const secondCall = "runExtension was called again: that has no effect. Call it once, with all handlers";

/** The same on any host, with options that a program in plain JavaScript may get wrong. */
export async function runExtensionOn(host: Host, given: unknown): Promise<void> {
  const { name: launcherName, registered } = takeHandOff(host.env);
  const options = parseOptions(given, registered?.firstEvent !== undefined);
  const name = launcherName ?? options.name ?? host.folderName;
  const reportHere = (message: string) => host.writeError(`[${name}] ${message}`);
  const report = (message: string) => {
    try {
      if (options.report === undefined) reportHere(message);
      else options.report(message);
    } catch {
      reportHere(message);
    }
  };
  const runtimeApi = host.env["AWS_LAMBDA_RUNTIME_API"] ?? "";
  const address = parseAddress(runtimeApi);
  if (address === undefined || !isFileName(name)) {
    const nameProblem = `name: expected the file name in /opt/extensions, got ${JSON.stringify(name)}`;
    report(address === undefined ? describeAddress(runtimeApi) : nameProblem);
    host.exit(1);
    return;
  }
  const open = (onBytes: BytesListener) => host.connect(address, onBytes);
  const inherited = registered?.socketFd === undefined ? undefined : host.inherit(registered.socketFd);
  const api = createExtensionsApi({
    name,
    registered,
    connection: createHttpConnection({ host: runtimeApi, open, inherited }),
    openConnection: () => createHttpConnection({ host: runtimeApi, open }),
  });
  await runLifeCycle({ options, host, api, name, launcherRegistration: registered, report });
}

function parseAddress(hostAndPort: string): { readonly host: string; readonly port: number } | undefined {
  const [, host, port] = /^\[?([^[\]\s/]+?)\]?:(\d{1,5})$/.exec(hostAndPort) ?? [];
  return host !== undefined && Number(port) <= 65_535 ? { host, port: Number(port) } : undefined;
}

function describeAddress(runtimeApi: string): string {
  return runtimeApi === ""
    ? "This is an AWS Lambda extension: it runs inside Lambda or an emulator of it (AWS_LAMBDA_RUNTIME_API is not set)"
    : `AWS_LAMBDA_RUNTIME_API: expected host:port, got ${JSON.stringify(runtimeApi)}`;
}

/** The name goes into a header, and a file name has no slash. */
function isFileName(name: string): boolean {
  return /^[\x21-\x2e\x30-\x7e]+$/.test(name);
}
