import { sleep } from "@lambda-extension/core";
import type { Clock } from "@lambda-extension/core";
import type { Batch, Line } from "../src/buffer/bounded-buffer.ts";
import type { Destination, Host, SendOutcome } from "../src/destinations/destination.ts";
import type { OwnMessages } from "../src/own-messages.ts";
import { createOwnMessages } from "../src/own-messages.ts";

/** The clocks that fake timers turn: `Date.now` and `performance.now`, read at each call. */
export const timerClock: Clock = { wallMs: () => Date.now(), monotonicMs: () => performance.now() };

/** The host of a test: its random source always gives a half. */
export function createHost(clock: Clock = timerClock): Host {
  return { clock, random: () => 0.5 };
}

/** A line of a few bytes. */
export function createLine(id: string, text = `{"id":"${id}"}\n`): Line {
  return { id, text, bytes: Buffer.byteLength(text) };
}

/** Messages in a list. */
export function createMessages(): { readonly said: string[]; readonly messages: OwnMessages } {
  const said: string[] = [];
  return { said, messages: createOwnMessages({ prefix: "", write: (line) => said.push(line) }) };
}

/** What a scripted destination does with a batch: an outcome, now or later, or `hang` until its deadline. */
export type Script = (batch: Batch) => SendOutcome | Promise<SendOutcome> | "hang";

/** A destination that follows a script, and keeps the batches it got. */
export function createScripted(
  script: Script,
): Destination & { readonly batches: Batch[]; readonly delivered: string[] } {
  const batches: Batch[] = [];
  const delivered: string[] = [];
  return {
    name: "the test's destination",
    batches,
    delivered,
    async send(batch, deadline) {
      batches.push(batch);
      const outcome = await script(batch);
      if (outcome === "hang") {
        await sleep(Infinity, deadline.signal);
        return { kind: "retry", cause: "hung" };
      }
      if (outcome.kind === "sent") delivered.push(...batch.lines.map((line) => line.id));
      return outcome;
    },
    close: () => Promise.resolve(),
  };
}
