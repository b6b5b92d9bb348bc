import { rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { isExecutable } from "../files/program-file.ts";
import type { Notice } from "../history/log-line.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import type { Holder } from "./holder.ts";
import type { NamespacePlan } from "./namespace-plan.ts";
import { hasOwnClient, programNotices } from "./runtime-program.ts";
import type { RuntimeProgram } from "./runtime-program.ts";
import type { Sandbox, SandboxParts } from "./sandbox.ts";

/** The sandbox whose processes see Lambda's own paths. */
export function namespaceSandbox(parts: SandboxParts, plan: NamespacePlan, holder: Holder): Sandbox {
  const { program, workFolder } = parts;
  const nsenter = [
    findNsenter(),
    "-t",
    String(holder.pid),
    "-m",
    ...(holder.hasUserNamespace ? ["-U", "--preserve-credentials"] : []),
  ];
  const writable = holder.writablePaths.map((path): Notice => {
    const text = `${path.replace(workFolder, "")} is writable here and is not on Lambda: the kernel refused a read-only mount`;
    return { kind: "writable-path", text };
  });
  const hostPath = (insidePath: string): string => `/proc/${holder.pid}/root${insidePath}`;
  return {
    folders: { opt: "/opt", task: "/var/task", runtime: "/var/runtime", path: plan.path },
    runtimeCommand: runtimeCommand(program, hostPath),
    isOwnClient: hasOwnClient(program),
    isolation: { kind: "namespace" },
    notices: [...writable, ...programNotices(program)],
    tmpPath: join(workFolder, "tmp"),
    clockFolder: { folder: join(workFolder, "var/clock"), insideFolder: "/var/clock" },
    hostPath,
    // A process that joins a mount namespace finds itself at its root; --wd is looked up before it joins.
    enter: (argv, workingFolder = "/") => [...nsenter, `--wd=${hostPath(workingFolder)}`, "--", ...argv],
    // The holder knows its processes by their namespace.
    guard() {},
    async close() {
      await holder.close();
      await rm(workFolder, { recursive: true, force: true });
    },
  };
}

function findNsenter(): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const found = [...folders, "/usr/bin", "/bin"]
    .map((folder) => join(folder, "nsenter"))
    .find((path) => isExecutable(path));
  if (found === undefined) throw new EmulatorError("nsenter is missing: install util-linux");
  return found;
}

function runtimeCommand(program: RuntimeProgram, hostPath: (path: string) => string): readonly string[] {
  if (program.bootstrap !== undefined) return program.bootstrap;
  if (program.kind === "node") return ["/var/lang/bin/node", "/var/runtime/node/index.mjs"];
  if (program.kind === "python") {
    return [`/var/lang/bin/python${program.python.version}`, "/var/runtime/python/bootstrap.py"];
  }
  return [
    ["/var/task/bootstrap", "/opt/bootstrap"].find((path) => isExecutable(hostPath(path))) ?? "/var/task/bootstrap",
  ];
}
