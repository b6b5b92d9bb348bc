import { ConfigError } from "@lambda-extension/core";
import type { Clock, ExtensionOptions } from "@lambda-extension/core";
import { tokensOf } from "./aws/credentials.ts";
import { parseFallback, parseSettings } from "./config/parse-settings.ts";
import type { Environment } from "./config/parse-settings.ts";
import { createLog } from "./log.ts";
import { createRequestHandler } from "./server/answer-request.ts";
import type { RequestHandler } from "./server/connection.ts";
import { listen } from "./server/listen.ts";
import type { ListeningServer } from "./server/listen.ts";
import { createWarmer } from "./warmer.ts";

/** What the extension needs of its process. */
export interface ExtensionHost {
  readonly environment: Environment;
  readonly clock: Clock;
  /** From 0 (included) to 1 (excluded). */
  readonly random: () => number;
  /** Writes one line for the operator. */
  readonly write: (line: string) => void;
}

/**
 * The cache warmer for `runExtension`. It listens before it registers, so that the function's own init code can read.
 * Settings that do not parse: it says so, answers every read with the cause, and the function runs; unless names are
 * required.
 */
export function createExtension(host: ExtensionHost): ExtensionOptions {
  try {
    return warming(host);
  } catch (error) {
    if (error instanceof ConfigError) return misconfigured(host, error);
    throw error;
  }
}

function warming(host: ExtensionHost): ExtensionOptions {
  const { environment } = host;
  const { settings, warnings } = parseSettings(environment);
  const log = createLog({ level: settings.logLevel, write: host.write });
  const warmer = createWarmer({ settings, environment, clock: host.clock, random: host.random, log });
  const server = createServer(settings.port, warmer.handle);
  const isRequired = settings.required.length > 0;

  return {
    failure: isRequired ? "closed" : "open",
    beforeRegister: async () => {
      await server.open();
      for (const warning of warnings) log("WARN", warning);
      const { parameterStore, secretsManager } = settings;
      const warming = `warming ${counted(parameterStore.warm.length, "parameter")}, ${counted(secretsManager.warm.length, "secret")}`;
      log("INFO", `serving on 127.0.0.1:${settings.port}; ${warming}`);
    },
    onInit: async (context) => {
      // Not before registering: to load what sends requests takes 20 ms and more, for which the function's start would
      // wait.
      warmer.start();
      if (server.problem !== undefined) log("ERROR", server.problem);
      if (server.problem !== undefined && isRequired) throw new ConfigError([server.problem]);
      await warmer.onInit(context);
    },
    onRestore: warmer.onRestore,
    onInvoke: warmer.onInvoke,
    onShutdown: () => server.close(),
  };
}

/** Registers and polls, so that the function works, and tells whoever reads what is wrong. */
function misconfigured(host: ExtensionHost, error: ConfigError): ExtensionOptions {
  const { environment } = host;
  const handle = createRequestHandler({
    sources: [],
    readiness: () => ({ kind: "misconfigured", problem: error.message }),
    tokens: () => tokensOf(environment),
    readNow: () => undefined,
    read: () => Promise.reject(error),
  });
  const { port, isRequired } = parseFallback(environment);
  const server = createServer(port, handle);
  const log = createLog({ level: "ERROR", write: host.write });
  return {
    failure: isRequired ? "closed" : "open",
    beforeRegister: () => server.open(),
    onInit: () => {
      for (const problem of error.problems) log("ERROR", problem);
      if (server.problem !== undefined) log("ERROR", server.problem);
      if (isRequired) throw error;
      log("ERROR", "nothing is warmed, and every read answers status 400, until the settings above are right");
    },
    onShutdown: () => server.close(),
  };
}

/** A server whose failure to listen is kept, since nothing can be reported to Lambda before registering. */
function createServer(port: number, handle: RequestHandler) {
  let listening: ListeningServer | undefined;
  let problem: string | undefined;
  return {
    get problem() {
      return problem;
    },
    open: async () => {
      try {
        listening = await listen(port, handle);
      } catch (error) {
        problem = describeListenError(port, error);
      }
    },
    close: async () => listening?.close(),
  };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function describeListenError(port: number, error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  const variable = "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT";
  if (code !== "EADDRINUSE") return `${variable}: expected a port of 127.0.0.1 to listen on, got ${port} (${code})`;
  return (
    `${variable}: expected a free port, got ${port}, where something listens already, most likely AWS's Parameters and Secrets ` +
    "extension. Remove one of the two layers, or give this one another port; the function then reads from there"
  );
}
