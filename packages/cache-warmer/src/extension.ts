import { ConfigError, errorCode } from "@lambda-extension/core";
import type { ExtensionOptions } from "@lambda-extension/core";
import { tokensOf } from "./aws/credentials.ts";
import { parseFallback, parseSettings } from "./config/parse-settings.ts";
import type { Settings } from "./config/settings.ts";
import { createReport } from "./report.ts";
import { createRequestHandler } from "./server/answer-request.ts";
import type { RequestHandler } from "./server/connection.ts";
import { listen } from "./server/listen.ts";
import type { ListeningServer } from "./server/listen.ts";
import { createWarmer } from "./warmer.ts";
import type { Host } from "./warmer.ts";

/**
 * The cache warmer for `runExtension`. It listens before it registers, so that the function's own init code can read.
 * If settings do not parse, it reports every problem and answers every read with them; the function starts unless names
 * are required.
 */
export function createExtension(host: Host): ExtensionOptions {
  const parsed = parseSettings(host.env);
  return parsed.kind === "problems"
    ? misconfigured(host, new ConfigError(parsed.problems))
    : warming(host, parsed.settings, parsed.warnings);
}

function warming(host: Host, settings: Settings, warnings: readonly string[]): ExtensionOptions {
  const report = createReport({ level: settings.logLevel, write: host.write });
  const warmer = createWarmer(settings, report, host);
  const server = createServer(settings.port, warmer.handle);
  const isRequired = settings.required.length > 0;

  return {
    failure: isRequired ? "closed" : "open",
    beforeRegister: async () => {
      await server.open();
      for (const warning of warnings) report("WARN", warning);
      const { parameterStore, secretsManager } = settings;
      const warming = `warming ${counted(parameterStore.warm.length, "parameter")}, ${counted(secretsManager.warm.length, "secret")}`;
      report("INFO", `serving on 127.0.0.1:${settings.port}; ${warming}`);
    },
    onInit: async (context) => {
      // After registering: the code that sends requests takes 20 ms and more to load, and the function's start would
      // wait for it.
      warmer.start();
      if (server.problem !== undefined) report("ERROR", server.problem);
      if (server.problem !== undefined && isRequired) throw new ConfigError([server.problem]);
      await warmer.onInit(context);
    },
    onRestore: warmer.onRestore,
    onInvoke: warmer.onInvoke,
    onShutdown: () => server.close(),
  };
}

/** Registers and asks for events, so that the function runs, and answers every read with the problems. */
function misconfigured(host: Host, error: ConfigError): ExtensionOptions {
  const handle = createRequestHandler({
    sources: [],
    readiness: () => ({ kind: "misconfigured", problem: error.message }),
    tokens: () => tokensOf(host.env),
    readNow: () => undefined,
    read: () => Promise.reject(error),
  });
  const { port, isRequired } = parseFallback(host.env);
  const server = createServer(port, handle);
  const report = createReport({ level: "ERROR", write: host.write });
  return {
    failure: isRequired ? "closed" : "open",
    beforeRegister: () => server.open(),
    onInit: () => {
      for (const problem of error.problems) report("ERROR", problem);
      if (server.problem !== undefined) report("ERROR", server.problem);
      if (isRequired) throw error;
      report("ERROR", "nothing is warmed, and every read answers status 400, until the settings above are right");
    },
    onShutdown: () => server.close(),
  };
}

/** A server that keeps its failure to listen: before registering, nothing can be reported to Lambda. */
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
  const code = errorCode(error) ?? String(error);
  const variable = "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT";
  if (code !== "EADDRINUSE") return `${variable}: expected a port of 127.0.0.1 to listen on, got ${port} (${code})`;
  return (
    `${variable}: expected a free port, got ${port}, where something listens already, most likely AWS's Parameters and Secrets ` +
    "extension. Remove one of the two layers, or give this one another port; the function then reads from there"
  );
}
