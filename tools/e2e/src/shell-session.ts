import { runChecked } from "./run-command.ts";

/** A command as it is run. */
export type SessionCommand =
  | { readonly kind: "run"; readonly command: string }
  /** Runs until the session ends; the next command waits until something listens at the port. */
  | { readonly kind: "server"; readonly command: string; readonly port: number };

/** Where the commands are run. */
export interface SessionPlace {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Runs commands one after another in one shell, as somebody who types them: folders and variables stay. Shape: all that
 * they wrote. Errors: rejects with it where a command fails, and names the command.
 */
export async function runSession(commands: readonly SessionCommand[], { cwd, env }: SessionPlace): Promise<string> {
  const script = ["trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT", ...commands.map(toScript)].join("\n");
  return (await runChecked({ file: "bash", args: ["-c", script], cwd, env })).output;
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
