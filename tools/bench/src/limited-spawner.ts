import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Contestant, ContestantProcess } from "./contestant-process.ts";
import type { CpuQuota } from "./cpu-quota.ts";

/** An order to the spawner process: start a contestant under this id, or kill the one that was started under it. */
export type SpawnerOrder =
  | { readonly kind: "start"; readonly id: number; readonly contestant: Contestant }
  | { readonly kind: "kill"; readonly id: number };

/** Starts processes under a CPU quota. */
export interface LimitedSpawner {
  readonly pid: number;
  start(contestant: Contestant): Pick<ContestantProcess, "exited" | "kill">;
  /** Ends its processes; resolves when the spawner has ended. */
  close(): Promise<void>;
}

/**
 * Starts a process under the quota; its children are born there. To move each of them would stop this process for some
 * 20 ms without an answer to any call: the kernel waits for all CPUs when a process changes its control group.
 */
export async function startLimitedSpawner(quota: CpuQuota): Promise<LimitedSpawner> {
  const spawner = fork(join(import.meta.dirname, "spawner-process.ts"));
  await once(spawner, "message");
  const { pid } = spawner;
  if (pid === undefined) throw new Error("BUG: a process that sent a message has a pid");
  quota.add(pid);
  const ended = new Map<number, () => void>();
  spawner.on("message", (id) => ended.get(Number(id))?.());
  let count = 0;
  const send = (order: SpawnerOrder): void => void spawner.send(order);
  return {
    pid,
    start(contestant) {
      count += 1;
      const id = count;
      const exited = new Promise<void>((resolve) => ended.set(id, resolve)).then(() => void ended.delete(id));
      send({ kind: "start", id, contestant });
      return { exited, kill: () => send({ kind: "kill", id }) };
    },
    async close() {
      const exited = once(spawner, "exit");
      spawner.disconnect();
      await exited;
    },
  };
}
