import { closeSync, openSync, readSync } from "node:fs";
import { followLinks, isExecutable } from "../files/program-file.ts";
import type { LinkTarget } from "../files/program-file.ts";
import type { Sandbox } from "../namespace/sandbox.ts";
import type { Failure } from "../state/generation.ts";

/**
 * Why the kernel would not execute a file of the inside, in the words of the platform and with what to do; undefined if
 * it would.
 */
export function findLaunchObstacle(sandbox: Pick<Sandbox, "hostPath">, path: string): Failure | undefined {
  const refuse = (errorType: string, reason: string): Failure => ({
    errorType,
    errorMessage: `fork/exec ${path}: ${reason}`,
  });
  const program = find(sandbox, path);
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
  const found = find(sandbox, interpreter);
  if (found === undefined || !isExecutable(found.hostPath)) {
    return refuse(
      "UnknownError",
      `no such file or directory (its #! line names ${interpreter}, which this runtime does not have)`,
    );
  }
  return undefined;
}

/**
 * Why the program of the runtime (a path, or a name in PATH) cannot be executed; undefined if it can.
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
      .some((folder) => isExecutable(find(sandbox, `${folder}/${program}`)?.hostPath ?? ""));
    return isFound
      ? undefined
      : refuse(`exec: "${program}": executable file not found in $PATH (name its file, or put it into the code)`);
  }
  if (program === `${task}/bootstrap` && find(sandbox, program) === undefined) {
    return refuse(
      `Couldn't find valid bootstrap(s): [${program} ${opt}/bootstrap] (build the function, or point to the folder that has it)`,
    );
  }
  const obstacle = findLaunchObstacle(sandbox, program);
  return obstacle === undefined ? undefined : refuse(obstacle.errorMessage);
}

function find(sandbox: Pick<Sandbox, "hostPath">, path: string): LinkTarget | undefined {
  return followLinks(path, (insidePath) => sandbox.hostPath(insidePath));
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
