import { rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { isExecutable } from "../files/program-file.ts";
import type { Notice } from "../history/log-line.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import type { Holder } from "./holder.ts";
import { toRuntimeCommand } from "./sandbox.ts";
import type { Sandbox, SandboxParts } from "./sandbox.ts";

/**
 * PATH of Lambda's managed runtimes. Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
const lambdaPath = "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin";

/** The sandbox whose processes see Lambda's own paths. */
export function namespaceSandbox(parts: SandboxParts, holder: Holder): Sandbox {
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
  const folders = { opt: "/opt", task: "/var/task", runtime: "/var/runtime", path: lambdaPath };
  const isPython = program.kind === "python";
  const interpreter = `/var/lang/bin/${isPython ? `python${program.version}` : "node"}`;
  return {
    folders,
    runtime: toRuntimeCommand(program, folders, { interpreter, hostPath }),
    isolation: { kind: "namespace" },
    notices: [...writable, ...(isPython ? program.notices : [])],
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
