import type { CommandLine } from "../cli/command-line.ts";
import type { Host } from "../host/host.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import { createPrinter } from "../tell/printer.ts";
import type { Batch } from "./inbox.ts";
import { readWishes } from "./read-wishes.ts";
import { openSession } from "./session.ts";

const keysHelp = "Enter invokes again, r and Enter starts anew, q and Enter or Ctrl-C ends.";

/**
 * `lambda-emulator dev`: runs a function and invokes it, and again after every change of what it is made of, until the
 * user ends it. Answers go to stdout, everything else to stderr.
 * Shape: 0, where the user quits. Errors: `EmulatorError` for bad input at the start; `Interrupted`; nothing is left
 * running.
 */
export async function runDev(line: CommandLine, host: Host): Promise<number> {
  const [name, extra] = line.positionals;
  if (extra !== undefined) throw new EmulatorError(`unexpected argument ${extra}: dev runs one function`);
  const printer = createPrinter(line, host);
  const session = await openSession({ line, host, printer, name });
  const { inbox } = session;
  try {
    printer.onNote(keysHelp);
    if (line.options.get("event")?.[0] !== "-") {
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
