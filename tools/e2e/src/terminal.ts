import { python, pythonProgram, runOrFail } from "./run-command.ts";
import type { Command } from "./run-command.ts";

/** A command that asks questions. */
export interface Conversation extends Command {
  /** A part of a question, and what is typed then. Any other question is answered with Enter. */
  readonly answers: Readonly<Record<string, string>>;
}

const seconds = 240;

/**
 * Runs it on a pseudo-terminal. Returns what the terminal showed. Errors: rejects with it if the command fails, or does
 * not end in 240 s.
 */
export function converse({ file, args, answers, ...place }: Conversation): Promise<string> {
  const program = pythonProgram("answer_prompts.py");
  return runOrFail({
    ...place,
    file: python,
    args: [program, String(seconds), JSON.stringify(answers), file, ...args],
  });
}
