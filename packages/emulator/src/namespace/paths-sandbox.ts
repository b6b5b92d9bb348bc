import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { isExecutable } from "../files/program-file.ts";
import type { Notice } from "../history/log-line.ts";
import { clientsFolder, hasOwnClient, programNotices } from "./runtime-program.ts";
import type { RuntimeProgram } from "./runtime-program.ts";
import type { Sandbox, SandboxParts } from "./sandbox.ts";
import { startWatchdog } from "./watchdog.ts";

/** The sandbox for machines without mount namespaces: the processes see this machine's own paths. */
export async function pathsSandbox(parts: SandboxParts, reason: string): Promise<Sandbox> {
  const { program, workFolder, opt, code } = parts;
  const watchdog = startWatchdog(workFolder);
  const bin = join(workFolder, "bin");
  await mkdir(bin);
  if (program.kind === "node") await symlink(program.path, join(bin, "node"));
  if (program.kind === "python") {
    for (const name of ["python", "python3"]) await symlink(program.python.path, join(bin, name));
  }
  const unlike: Notice = {
    kind: "no-namespace",
    text: `no mount namespace (${reason}): /opt is ${opt} and /var/task is ${code}, /tmp and PATH are this machine's, and files of the function can be written to`,
  };
  return {
    folders: {
      opt,
      task: code,
      runtime: clientsFolder,
      path: `${bin}:${process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"}`,
    },
    runtimeCommand: runtimeCommand(program, parts),
    isOwnClient: hasOwnClient(program),
    isolation: { kind: "paths", reason },
    notices: [unlike, ...programNotices(program)],
    tmpPath: "/tmp",
    clockFolder: { folder: workFolder, insideFolder: workFolder },
    hostPath: (insidePath) => insidePath,
    enter: (argv, workingFolder) =>
      workingFolder === undefined ? argv : ["/bin/sh", "-c", `cd "$0" && exec "$@"`, workingFolder, ...argv],
    guard(pid, exited) {
      watchdog.watch(pid);
      void exited.then(() => watchdog.forget(pid));
    },
    async close() {
      await watchdog.close();
      await rm(workFolder, { recursive: true, force: true });
    },
  };
}

function runtimeCommand(program: RuntimeProgram, { code, opt }: SandboxParts): readonly string[] {
  if (program.bootstrap !== undefined) return program.bootstrap;
  if (program.kind === "node") return [program.path, join(clientsFolder, "node/index.mjs")];
  if (program.kind === "python") return [program.python.path, join(clientsFolder, "python/bootstrap.py")];
  return [
    [join(code, "bootstrap"), join(opt, "bootstrap")].find((path) => isExecutable(path)) ?? join(code, "bootstrap"),
  ];
}
