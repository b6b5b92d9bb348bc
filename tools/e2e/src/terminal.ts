import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { projectEnvironment } from "@lambda-extension/sam";
import { runOrFail } from "./run-command.ts";
import type { Command } from "./run-command.ts";

/** A command that asks questions. */
export interface Conversation extends Command {
  /** A part of a question, and what is typed then; any other question is answered with Enter. */
  readonly answers: Readonly<Record<string, string>>;
}

const program = fileURLToPath(new URL("../python/answer_prompts.py", import.meta.url));
const seconds = 240;

/**
 * Runs it on a pseudo-terminal. Shape: what the terminal showed. Errors: rejects with it where the command fails, or
 * waits for ever.
 */
export function converse({ file, args, answers, ...place }: Conversation): Promise<string> {
  const python = join(projectEnvironment.folder, "bin/python");
  return runOrFail({
    file: python,
    args: [program, String(seconds), JSON.stringify(answers), file, ...args],
    ...place,
  });
}
