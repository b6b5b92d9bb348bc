import { runChecked } from "./run-command.ts";
import type { Command } from "./run-command.ts";

/** How a command is run. */
export type SessionCommand =
  | { readonly kind: "run"; readonly command: string }
  /** Runs until the session ends. The next command starts when something listens at the port. */
  | { readonly kind: "server"; readonly command: string; readonly port: number };

/**
 * Runs commands one after another in one shell, as a user types them: folders and variables stay. Returns all that they
 * wrote. Errors: if a command fails, rejects with the output and the name of the command.
 */
export async function runSession(
  commands: readonly SessionCommand[],
  place: Required<Pick<Command, "cwd" | "env">>,
): Promise<string> {
  const script = ["trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT", ...commands.map(toScript)].join("\n");
  return (await runChecked({ ...place, file: "bash", args: ["-c", script] })).output;
}

function toScript(step: SessionCommand): string {
  const title = `printf '%s\\n' ${quote(`$ ${step.command}`)}`;
  const failed = `{ printf '%s\\n' ${quote(`FAILED: ${step.command}`)}; exit 1; }`;
  if (step.kind === "run") {
    return `${title}\n${step.command.endsWith("&") ? step.command : `{ ${step.command}\n} || ${failed}`}`;
  }
  const isListening = `(exec 3<>/dev/tcp/127.0.0.1/${step.port}) 2>/dev/null`;
  return `${title}\n${step.command} &\nuntil ${isListening}; do kill -0 $! 2>/dev/null || ${failed}; sleep 0.1; done`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
