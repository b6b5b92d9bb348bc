import { ConfigError } from "@lambda-extension/core";
import type { ExtensionOptions } from "@lambda-extension/core";
import type { OwnMessages } from "./own-messages.ts";
import { createPipeline } from "./pipeline.ts";
import type { LoggerParts, Pipeline } from "./pipeline.ts";

/**
 * `platform.runtimeDone` ends the wait of every invocation: the shortest time brings it the soonest. The most bytes:
 * AWS's emulator of Managed Instances drops events that exceed them during a delivery: docs/adr/0404.
 */
const buffering = { timeoutMs: 25, maxBytes: 1024 * 1024 };

/** The options of `runExtension` for a logger. */
export function createLogger(parts: LoggerParts): ExtensionOptions {
  let created: Pipeline | undefined;
  // Created when first needed: the function's init phase waits for this extension's first `next`, and before that
  // hardly a line comes.
  const pipeline = (): Pipeline => (created ??= createPipeline(parts));

  return {
    report: (message) => parts.messages.report(message),
    telemetry: {
      types: [...new Set([...parts.config.types, "platform" as const])],
      buffering,
      onEvents: (events, malformed) => pipeline().accept(events, malformed),
    },
    onInit() {
      if (parts.isManagedInstance) pipeline().startPeriod();
    },
    onRestore: () => pipeline().renewIds(),
    onInvoke: (_event, context) => pipeline().deliverInvocation(context),
    onShutdown: (_event, context) => pipeline().shutDown(context),
  };
}

/** The same for a configuration that does not parse: reports every problem, and fails open. */
export function createUnconfiguredLogger(problems: readonly string[], messages: OwnMessages): ExtensionOptions {
  return {
    report: (message) => messages.report(message),
    onInit() {
      throw new ConfigError(problems);
    },
  };
}
