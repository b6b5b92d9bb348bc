import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Notice } from "../history/log-line.ts";
import { shellQuote, startKeeper } from "../process/keeper.ts";
import { clientsFolder } from "./runtime-program.ts";
import { toRuntimeCommand } from "./sandbox.ts";
import type { Sandbox, SandboxParts } from "./sandbox.ts";

/** The sandbox for machines without mount namespaces: the processes see this machine's own paths. */
export async function pathsSandbox(parts: SandboxParts, reason: string): Promise<Sandbox> {
  const { program, workFolder, opt, code } = parts;
  const watchdog = startKeeper(watchdogScript(workFolder));
  const bin = join(workFolder, "bin");
  await mkdir(bin);
  const interpreter = program.kind === "bootstrap" ? "" : program.path;
  const names = { node: ["node"], python: ["python", "python3"], bootstrap: [] }[program.kind];
  for (const name of names) await symlink(interpreter, join(bin, name));
  const unlike: Notice = {
    kind: "no-namespace",
    text: `no mount namespace (${reason}): /opt is ${opt} and /var/task is ${code}, /tmp and PATH are this machine's, and files of the function can be written to`,
  };
  const path = `${bin}:${process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"}`;
  const folders = { opt, task: code, runtime: clientsFolder, path };
  const hostPath = (insidePath: string): string => insidePath;
  return {
    folders,
    runtime: toRuntimeCommand(program, folders, { interpreter, hostPath }),
    isolation: { kind: "paths", reason },
    notices: [unlike, ...(program.kind === "python" ? program.notices : [])],
    tmpPath: "/tmp",
    clockFolder: { folder: workFolder, insideFolder: workFolder },
    hostPath,
    enter: (argv, workingFolder) =>
      workingFolder === undefined ? argv : ["/bin/sh", "-c", `cd "$0" && exec "$@"`, workingFolder, ...argv],
    guard(pid, exited) {
      watchdog.tell(`+${pid}`);
      void exited.then(() => watchdog.tell(`-${pid}`));
    },
    async close() {
      await watchdog.close();
      await rm(workFolder, { recursive: true, force: true });
    },
  };
}

/**
 * Reads `+pid` and `-pid` until the standard input ends. Then it kills the process groups that are left, as no
 * namespace tells which they are, and removes the work folder.
 */
function watchdogScript(workFolder: string): string {
  return [
    "groups=' '",
    "while read -r line; do",
    "  pid=${line#?}",
    '  case "$line" in',
    '    +*) groups="$groups$pid " ;;',
    '    -*) groups="${groups%% $pid *} ${groups#* $pid }" ;;',
    "  esac",
    "done",
    // After SIGKILL no process reads what the shell writes: a message of rm would end it halfway.
    "exec >/dev/null 2>&1",
    "for pid in $groups; do kill -KILL -- -$pid; done",
    `rm -rf -- ${shellQuote(workFolder)}`,
  ].join("\n");
}
