import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { unlessInterrupted } from "../host/host.ts";
import type { Host } from "../host/host.ts";
import { EmulatorError, errorCode } from "../problems/emulator-error.ts";

/** A program that builds something. */
export interface BuildCommand {
  /** What it builds: the message of a failure begins with this. */
  readonly logicalId: string;
  readonly file: string;
  readonly args: readonly string[];
  /** The command as the user knows it, for messages. */
  readonly shown: string;
  readonly folder: string;
  /** Besides the caller's. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs a build to its end. Errors: `EmulatorError` with its output if it fails; `Interrupted`, after every process of
 * the build has ended.
 */
export async function runBuild(command: BuildCommand, host: Host, onOutput: (text: string) => void): Promise<void> {
  const { logicalId, file, args, shown, folder } = command;
  // A process group of its own, so that the processes which it starts end with it.
  const child = spawn(file, args, {
    cwd: folder,
    env: { ...host.env, ...command.env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      onOutput(text);
    });
  }
  const ended = new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(startProblem(error, command)));
    child.on("close", (code, signal) =>
      resolve(code === 0 ? "" : `${shown} failed in ${folder} (${signal ?? `exit ${code}`})`),
    );
  });
  const failure = await unlessInterrupted(ended, host.interrupted).catch(async (error: unknown) => {
    killGroup(child);
    await ended;
    throw error;
  });
  if (failure !== "") throw new EmulatorError(`${logicalId}: ${failure}\n${output}`.trimEnd());
}

/** ENOENT means that the program is missing, or the folder. */
function startProblem(error: Error, { file, folder }: BuildCommand): string {
  if (errorCode(error) !== "ENOENT") return error.message;
  return existsSync(folder)
    ? `${file} is not on PATH: install it, or build with sam build and use -t .aws-sam/build/template.yaml`
    : `WorkingDirectory ${folder} is not there`;
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}
