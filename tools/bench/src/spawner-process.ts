/** Starts contestants under its own CPU quota, which limits their first instruction too. See limited-spawner.ts. */
import { startContestant } from "./contestant-process.ts";
import type { ContestantProcess } from "./contestant-process.ts";
import type { SpawnerOrder } from "./limited-spawner.ts";

const running = new Map<number, ContestantProcess>();

process.on("message", (message) => {
  const order = message as SpawnerOrder;
  if (order.kind === "kill") {
    running.get(order.id)?.kill();
    return;
  }
  const started = startContestant(order.contestant);
  running.set(order.id, started);
  void started.exited.then(() => {
    running.delete(order.id);
    process.send?.(order.id);
  });
});
process.on("disconnect", () => {
  for (const started of running.values()) started.kill();
});
process.send?.("ready");
