import { spawn } from "node:child_process";
import { once } from "node:events";

/** What to run. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** The whole environment; default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * The pnpm that runs the tests, for `npx --yes`: the same one throughout, also where a newer one is published
 * meanwhile, which npm's cache may list only minutes later.
 */
export const pnpmPackage = `pnpm@${/^pnpm\/(\S+)/.exec(process.env["npm_config_user_agent"] ?? "")?.[1] ?? "12"}`;

/** What came of it. */
export interface CommandResult {
  /** The exit status; 128 where a signal ended it. */
  readonly status: number;
  readonly stdout: string;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/** Runs a program to its end. Errors: rejects only where it cannot be started. */
export async function runCommand({ file, args, cwd, env }: Command): Promise<CommandResult> {
  const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const all: Buffer[] = [];
  const out: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => void (all.push(chunk), out.push(chunk)));
  child.stderr.on("data", (chunk: Buffer) => void all.push(chunk));
  const [code] = (await once(child, "close")) as [number | null];
  return { status: code ?? 128, stdout: Buffer.concat(out).toString(), output: Buffer.concat(all).toString() };
}

/** As `runCommand`, and an exit status other than 0 rejects with all that the program wrote. */
export async function runChecked(command: Command): Promise<CommandResult> {
  const result = await runCommand(command);
  if (result.status === 0) return result;
  throw new Error(`${[command.file, ...command.args].join(" ")} ended with status ${result.status}:\n${result.output}`);
}

/** As `runChecked`. Shape: what the program wrote to standard output. */
export async function runOrFail(command: Command): Promise<string> {
  return (await runChecked(command)).stdout;
}
