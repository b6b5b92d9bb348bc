import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Contestant, ContestantProcess } from "./contestant-process.ts";
import type { CpuQuota } from "./cpu-quota.ts";

/** What the spawner process is told. */
export type SpawnerOrder =
  | {
      readonly kind: "start";
      readonly id: number;
      readonly contestant: Launchable;
      readonly env: Readonly<Record<string, string>>;
    }
  | { readonly kind: "kill"; readonly id: number };

/** What can be started. */
export type Launchable = Pick<Contestant, "name" | "command" | "env">;

/** Starts processes under a CPU quota. */
export interface LimitedSpawner {
  readonly pid: number;
  start(contestant: Launchable, env: Readonly<Record<string, string>>): Pick<ContestantProcess, "exited" | "kill">;
  /** Ends what still runs; resolves when the spawner has ended. */
  close(): Promise<void>;
}

/**
 * A process of its own under the quota, whose children are born there. To move each of them would stop this process for
 * some 20 ms, in which it answers nobody: the kernel waits for all CPUs when a process changes its control group.
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
    start(contestant, env) {
      count += 1;
      const id = count;
      const exited = new Promise<void>((resolve) => ended.set(id, resolve)).then(() => void ended.delete(id));
      send({ kind: "start", id, contestant, env });
      return { exited, kill: () => send({ kind: "kill", id }) };
    },
    async close() {
      const exited = once(spawner, "exit");
      spawner.disconnect();
      await exited;
    },
  };
}
