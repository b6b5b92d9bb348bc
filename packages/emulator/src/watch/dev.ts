import type { Host } from "../host/host.ts";
import { createPrinter } from "../tell/printer.ts";
import type { Batch } from "./inbox.ts";
import type { FunctionRequest } from "./inputs.ts";
import { readWishes } from "./read-wishes.ts";
import { openSession } from "./session.ts";

/** `lambda-emulator dev`, parsed. */
export interface DevCommand extends FunctionRequest {
  readonly kind: "dev";
  readonly isVerbose: boolean;
}

const keysHelp = "Enter invokes again, r and Enter starts anew, q and Enter or Ctrl-C ends.";

/**
 * Runs a function and invokes it, and again after every change of what it is made of, until the user ends it. Answers
 * go to stdout, everything else to stderr.
 * Returns 0 if the user quits. Errors: `EmulatorError` for bad input at the start; `Interrupted`; nothing is left
 * running.
 */
export async function runDev(command: DevCommand, host: Host): Promise<number> {
  const printer = createPrinter(command, host);
  const session = await openSession({ request: command, host, printer });
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
