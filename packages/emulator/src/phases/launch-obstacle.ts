import { closeSync, lstatSync, openSync, readlinkSync, readSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isExecutable } from "../namespace/interpreter.ts";
import type { Sandbox } from "../namespace/sandbox.ts";
import type { Failure } from "../state/generation.ts";

/**
 * Why the kernel would not execute a file of the inside, in the words of the platform and with what to do; undefined
 * where it would.
 */
export function findLaunchObstacle(sandbox: Pick<Sandbox, "hostPath">, path: string): Failure | undefined {
  const refuse = (errorType: string, reason: string): Failure => ({
    errorType,
    errorMessage: `fork/exec ${path}: ${reason}`,
  });
  const program = followLinks(sandbox, path);
  if (program === undefined) return refuse("UnknownError", "no such file or directory (a broken link?)");
  if (program.isFolder || !isExecutable(program.hostPath)) {
    return refuse("PermissionDenied", "permission denied (set its execute bit: chmod +x)");
  }
  const head = readHead(program.hostPath);
  if (head.startsWith("\u007fELF")) return undefined;
  if (!head.startsWith("#!")) {
    return refuse("UnknownError", "exec format error (neither an executable nor a script with a #! line)");
  }
  const interpreter = head.slice(2).split("\n", 1)[0]?.trimStart().split(/[ \t]/, 1)[0] ?? "";
  if (interpreter.endsWith("\r")) {
    return refuse("UnknownError", "no such file or directory (its lines end with CR LF: save it with LF)");
  }
  const found = followLinks(sandbox, interpreter);
  if (found === undefined || !isExecutable(found.hostPath)) {
    return refuse(
      "UnknownError",
      `no such file or directory (its #! line names ${interpreter}, which this runtime does not have)`,
    );
  }
  return undefined;
}

/**
 * Why the program of the runtime cannot be executed: a path, or a name that is looked up in PATH; undefined where it
 * can.
 * Source: the messages are the official emulator's, the advice is not.
 */
export function findEntrypointObstacle(
  sandbox: Pick<Sandbox, "hostPath" | "folders">,
  program: string,
): Failure | undefined {
  const { task, opt, path } = sandbox.folders;
  const refuse = (errorMessage: string): Failure => ({ errorType: "Runtime.InvalidEntrypoint", errorMessage });
  if (!program.includes("/")) {
    const isFound = path
      .split(":")
      .some((folder) => isExecutable(followLinks(sandbox, `${folder}/${program}`)?.hostPath ?? ""));
    return isFound
      ? undefined
      : refuse(`exec: "${program}": executable file not found in $PATH (name its file, or put it into the code)`);
  }
  if (program === `${task}/bootstrap` && followLinks(sandbox, program) === undefined) {
    return refuse(
      `Couldn't find valid bootstrap(s): [${program} ${opt}/bootstrap] (build the function, or point to the folder that has it)`,
    );
  }
  const obstacle = findLaunchObstacle(sandbox, program);
  return obstacle === undefined ? undefined : refuse(obstacle.errorMessage);
}

/** As many links as the kernel follows. */
const maxLinks = 40;

/** Where links inside lead: an absolute one starts at the root of the inside, not of this machine. */
function followLinks(
  sandbox: Pick<Sandbox, "hostPath">,
  path: string,
): { readonly hostPath: string; readonly isFolder: boolean } | undefined {
  let current = path;
  for (let links = 0; links <= maxLinks; links += 1) {
    const hostPath = sandbox.hostPath(current);
    const stats = lstatSync(hostPath, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (!stats.isSymbolicLink()) return { hostPath, isFolder: stats.isDirectory() };
    current = resolve(dirname(current), readlinkSync(hostPath));
  }
  return undefined;
}

function readHead(path: string): string {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(256);
    return bytes.toString("latin1", 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}
