import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { projectEnvironment } from "@lambda-extension/sam";

/** What to run. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** The whole environment; default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Makes a command run at a certain place: inside a network, for example. */
export type Inside = (file: string, ...args: readonly string[]) => Pick<Command, "file" | "args">;

/**
 * The pnpm that runs the tests, for `npx --yes`: the same one throughout, also if a newer one is published meanwhile,
 * which npm's cache may list only minutes later.
 */
export const pnpmPackage = `pnpm@${/^pnpm\/(\S+)/.exec(process.env["npm_config_user_agent"] ?? "")?.[1] ?? "12"}`;

/** The Python of the project's environment, with the SAM CLI and moto. */
export const python = join(projectEnvironment.folder, "bin/python");

/** A program of this package's folder `python`. */
export function pythonProgram(name: string): string {
  return join(import.meta.dirname, "../python", name);
}

/** The result of a command. */
export interface CommandResult {
  /** The exit status; 128 if a signal ended it. */
  readonly status: number;
  readonly stdout: string;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/** Runs a program to its end. Errors: rejects only if the program cannot be started. */
export async function runCommand({ file, args, cwd, env }: Command): Promise<CommandResult> {
  const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const all: Buffer[] = [];
  const out: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => void (all.push(chunk), out.push(chunk)));
  child.stderr.on("data", (chunk: Buffer) => void all.push(chunk));
  const [code] = (await once(child, "close")) as [number | null];
  return { status: code ?? 128, stdout: Buffer.concat(out).toString(), output: Buffer.concat(all).toString() };
}

/** As `runCommand`. Errors: an exit status other than 0 rejects with all that the program wrote. */
export async function runChecked(command: Command): Promise<CommandResult> {
  const result = await runCommand(command);
  if (result.status === 0) return result;
  throw new Error(`${[command.file, ...command.args].join(" ")} ended with status ${result.status}:\n${result.output}`);
}

/** As `runChecked`. Returns what the program wrote to standard output. */
export async function runOrFail(command: Command): Promise<string> {
  return (await runChecked(command)).stdout;
}
