import type { Host } from "../host/host.ts";
import { createPrinter } from "../tell/printer.ts";
import type { Batch, Wish } from "./inbox.ts";
import type { FunctionRequest } from "./inputs.ts";
import { openSession } from "./session.ts";

/** `lambda-emulator dev`, parsed. */
export interface DevCommand extends FunctionRequest {
  readonly isVerbose: boolean;
}

const keysHelp = "Enter invokes again, r and Enter starts anew, q and Enter or Ctrl-C ends.";

/**
 * Runs a function and invokes it, and again after every change of a file that it is made of, until the user ends it.
 * Answers go to stdout, everything else to stderr.
 * Returns 0 if the user quits. Errors: `EmulatorError` for bad input at the start; `Interrupted`; nothing is left
 * running.
 */
export async function runDev(command: DevCommand, host: Host): Promise<number> {
  const printer = createPrinter(command, host);
  const session = await openSession(command, host, printer);
  const { inbox } = session;
  try {
    printer.onNote(keysHelp);
    if (command.event.kind !== "standard-input") {
      void readWishes(host.stdin, { onWish: (wish) => inbox.wish(wish), onUnknown: () => printer.onNote(keysHelp) });
    }
    let batch: Batch = { files: [], wishes: new Set(["invoke"]) };
    while (!batch.wishes.has("quit")) {
      await session.run(batch);
      batch = await inbox.next();
    }
    return 0;
  } finally {
    await session.close();
  }
}

/** Each is a line, so that Ctrl-C stays the terminal's own and input may come from a pipe. */
const wishes: Readonly<Record<string, Wish>> = { "": "invoke", i: "invoke", r: "restart", q: "quit" };

/** Reads what the user asks for, a line each, until the input ends or breaks. Errors: none. */
async function readWishes(
  stdin: AsyncIterable<Uint8Array>,
  told: { readonly onWish: (wish: Wish) => void; readonly onUnknown: (word: string) => void },
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for await (const chunk of stdin) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const word = line.trim().toLowerCase();
        const wish = Object.hasOwn(wishes, word) ? wishes[word] : undefined;
        if (wish === undefined) told.onUnknown(word);
        else told.onWish(wish);
      }
    }
  } catch {
    // The terminal was closed: the function is still watched until a signal comes.
  }
}
