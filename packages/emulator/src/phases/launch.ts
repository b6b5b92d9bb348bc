import { readdirSync } from "node:fs";
import { preciseEpochMs } from "../history/timeline.ts";
import { startChild } from "../process/child.ts";
import type { Child } from "../process/child.ts";
import { addExtension, fail, maxExtensions } from "../state/generation.ts";
import type { Failure, Generation } from "../state/generation.ts";
import type { Platform } from "../state/platform.ts";
import { moveExtension } from "../state/transitions.ts";
import { extensionVariables, runtimeVariables } from "./environment-variables.ts";
import { findEntrypointObstacle, findLaunchObstacle } from "./launch-obstacle.ts";
import { onExtensionExit, onRuntimeExit } from "./process-exit.ts";

/**
 * Starts every file of /opt/extensions, in the order of their names, without waiting. Stops at the first file that
 * cannot be started.
 */
export function launchExtensions(platform: Platform, generation: Generation): void {
  const folder = `${platform.sandbox.folders.opt}/extensions`;
  for (const name of extensionNames(platform.sandbox.hostPath(folder))) {
    const extension = addExtension(generation, "external", name);
    const obstacle =
      generation.extensions.length > maxExtensions
        ? tooMany
        : findLaunchObstacle(platform.sandbox, `${folder}/${name}`);
    if (obstacle !== undefined) {
      moveExtension(extension, "launch-failed");
      extension.errorType = obstacle.errorType;
      platform.write("platform", "platform", `${folder}/${name} cannot be started: ${obstacle.errorMessage}`);
      fail(generation, { errorType: "Extension.LaunchError", errorMessage: obstacle.errorMessage });
      return;
    }
    extension.child = launch(platform, generation, { name, source: "extension", argv: [`${folder}/${name}`] });
    void extension.child.exited.then((status) => onExtensionExit(platform, generation, extension, status));
  }
}

/** Starts the runtime. */
export function launchRuntime(platform: Platform, generation: Generation): void {
  const { settings, sandbox } = platform;
  const wrapper = settings.functionEnvironment["AWS_LAMBDA_EXEC_WRAPPER"];
  const isManaged = !settings.runtime.startsWith("provided");
  const argv = wrapper !== undefined && isManaged ? [wrapper, ...sandbox.runtime.argv] : sandbox.runtime.argv;
  const obstacle = findEntrypointObstacle(sandbox, argv[0] ?? "");
  if (obstacle !== undefined) {
    platform.write("platform", "platform", `the function cannot be started: ${obstacle.errorMessage}`);
    fail(generation, obstacle);
    return;
  }
  generation.runtime.child = launch(platform, generation, { name: settings.functionName, source: "function", argv });
  void generation.runtime.child.exited.then((status) => onRuntimeExit(platform, generation, status));
}

/** Every entry that is not a folder; links count, wherever they lead. No folder: no extensions. */
function extensionNames(hostFolder: string): readonly string[] {
  try {
    const entries = readdirSync(hostFolder, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch {
    return [];
  }
}

interface Program {
  readonly name: string;
  readonly source: "function" | "extension";
  readonly argv: readonly string[];
}

function launch(platform: Platform, generation: Generation, { name, source, argv }: Program): Child {
  const { sandbox, settings, runtimeApi, timeline } = platform;
  const isRuntime = source === "function";
  const startEpochMs = preciseEpochMs();
  const child = startChild({
    argv: isRuntime ? sandbox.enter(argv, sandbox.folders.task) : sandbox.enter(argv),
    environment: {
      ...(isRuntime ? runtimeVariables : extensionVariables)(settings, runtimeApi, sandbox.folders),
      ...platform.clock.variables,
    },
    onLine(line) {
      const text = isRuntime && sandbox.runtime.isOwnClient ? line.replaceAll("\r", "\n") : line;
      platform.write(source, name, text, generation.runtime.invocation?.requestId);
    },
  });
  if (child.pid !== undefined) sandbox.guard(child.pid, child.exited);
  timeline.span(isRuntime ? "runtime" : name, "spawn", startEpochMs, { detail: `pid ${child.pid ?? "none"}` });
  return child;
}

const tooMany: Failure = { errorType: "TooManyExtensions", errorMessage: `more than ${maxExtensions} extensions` };
