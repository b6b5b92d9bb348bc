import type { ExitStatus } from "../process/child.ts";
import { fail } from "../state/generation.ts";
import type { Extension, Generation } from "../state/generation.ts";
import type { Platform } from "../state/platform.ts";
import { moveExtension } from "../state/transitions.ts";

/** An extension's process ended. Before SHUTDOWN that is a crash: `Extension.Crash`, and the environment fails. */
export function onExtensionExit(
  platform: Platform,
  generation: Generation,
  extension: Extension,
  status: ExitStatus,
): void {
  platform.timeline.mark(extension.name, "exit", { detail: describeExit(status), fact: { kind: "exit", status } });
  if (!generation.isShuttingDown) {
    // The platform's own line has the status, but not the name.
    platform.write("platform", "platform", `${extension.name} ended: ${describeExit(status)}`);
    fail(generation, {
      errorType: generation.reported?.errorType ?? "Extension.Crash",
      errorMessage: describeExit(status),
    });
  } else {
    moveExtension(extension, isClean(status) ? "exited" : "killed");
  }
  generation.changes.notify();
}

/** The runtime's process ended. Before SHUTDOWN the environment fails with `Runtime.ExitError`. */
export function onRuntimeExit(platform: Platform, generation: Generation, status: ExitStatus): void {
  platform.timeline.mark("runtime", "exit", { detail: describeExit(status), fact: { kind: "exit", status } });
  if (!generation.isShuttingDown) {
    fail(generation, {
      errorType: generation.reported?.errorType ?? "Runtime.ExitError",
      errorMessage: isClean(status)
        ? "Runtime exited without providing a reason"
        : `Runtime exited with error: ${describeExit(status)}`,
    });
  }
  generation.changes.notify();
}

function isClean(status: ExitStatus): boolean {
  return status.kind === "code" && status.code === 0;
}

const signalNames: Readonly<Record<string, string>> = {
  SIGKILL: "killed",
  SIGTERM: "terminated",
  SIGINT: "interrupt",
  SIGSEGV: "segmentation fault",
  SIGABRT: "aborted",
};

/** In Go's words, as on the platform. */
function describeExit(status: ExitStatus): string {
  if (status.kind === "not-started") return status.reason;
  if (status.kind === "signal") return `signal: ${signalNames[status.signal] ?? status.signal}`;
  return status.code === 0 ? "exit code 0" : `exit status ${status.code}`;
}
