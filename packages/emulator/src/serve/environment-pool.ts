import type { Environment } from "../environment/environment.ts";
import type { LogLine } from "../history/log-line.ts";
import { Interrupted } from "../host/host.ts";
import type { InvokeOptions, InvokeResult } from "../options/invoke-result.ts";
import type { Launched, PortTurns, PortUser } from "./port-turns.ts";

/** An invocation's answer and, once the environment is free again, the lines it wrote. */
export interface PooledAnswer {
  readonly result: InvokeResult;
  /** Resolves when every extension is done too: the moment of REPORT. */
  readonly lines: Promise<readonly LogLine[]>;
}

/** The environments of one function: one for each invocation that runs at the same time, kept for later ones. */
export interface EnvironmentPool {
  /** Runs in a free environment, else in a new one, else waits for one. Errors: those of starting an environment. */
  invoke(payload: Uint8Array, options: InvokeOptions): Promise<PooledAnswer>;
  /**
   * Lays out the first environment before the first invocation, which starts its processes. Errors: those of starting
   * an environment.
   */
  prepare(): Promise<void>;
  /** Shuts every environment down; idempotent. */
  close(): Promise<void>;
}

/** How a pool starts environments, and how many. */
export interface PoolOptions {
  readonly maxEnvironments: number;
  readonly start: (onLine: (line: LogLine) => void, initialize: "at-once" | "at-first-invoke") => Promise<Environment>;
  /**
   * Names the present code and layers. An environment with another version is used no more: the next invocation gets a
   * new one.
   */
  readonly version: () => string;
  /** Shared with the pools of the other functions, whose extensions may want the same port. */
  readonly turns: PortTurns;
  /** Called once, when a second environment wants a port of the first. */
  readonly onSerialised: () => void;
}

/** What a server prints when its port is taken: Node, libc, Go and Java. */
const portInUse = /EADDRINUSE|address already in use/i;

/** An empty pool. */
export function createEnvironmentPool(options: PoolOptions): EnvironmentPool {
  const held = new Map<Environment, Held>();
  /** Busy environments that end as soon as they are free: another function waits for their port. */
  const leaving = new Map<Environment, () => void>();
  const starts = new Set<Promise<unknown>>();
  const free: Environment[] = [];
  const waiting: Waiter[] = [];
  let limit = options.maxEnvironments;
  let preparing: Promise<unknown> | undefined;
  let isClosed = false;
  let isSerialised = false;

  const release = (environment: Environment): void => {
    const leave = leaving.get(environment);
    leaving.delete(environment);
    if (leave !== undefined) return leave();
    free.push(environment);
    waiting.shift()?.resolve();
  };
  const drop = async (environment: Environment): Promise<void> => {
    held.delete(environment);
    await environment.close();
    waiting.shift()?.resolve();
  };
  const user: PortUser = {
    hasProcesses: () => [...held.values()].some(({ isUntried }) => !isUntried),
    async giveWay() {
      const idle = free.splice(0);
      const busy = [...held.keys()].filter((environment) => !idle.includes(environment));
      const freed = busy.map((environment) =>
        new Promise<void>((resolve) => leaving.set(environment, resolve)).then(() => drop(environment)),
      );
      await Promise.all([...idle.map(drop), ...freed]);
    },
  };
  options.turns.join(user);
  const take = async (): Promise<Environment> => {
    await preparing;
    for (;;) {
      if (isClosed) throw new Interrupted();
      const environment =
        (await takeFree()) ?? (held.size + starts.size < limit ? await track(startOne("at-once")) : undefined);
      if (environment !== undefined) return environment;
      if (held.size + starts.size >= limit) {
        await new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }));
      }
    }
  };
  const takeFree = async (): Promise<Environment | undefined> => {
    for (let environment = free.pop(); environment !== undefined; environment = free.pop()) {
      if (held.get(environment)?.version === options.version()) return environment;
      held.delete(environment);
      await environment.close();
    }
    return undefined;
  };
  const track = async (starting: Promise<Environment | undefined>): Promise<Environment | undefined> => {
    starts.add(starting);
    try {
      return await starting.finally(() => starts.delete(starting));
    } catch (error) {
      // No environment is left that could become free.
      if (held.size + starts.size === 0) for (const one of waiting.splice(0)) one.reject(error);
      throw error;
    }
  };
  const launch = async (initialize: "at-once" | "at-first-invoke"): Promise<Held> => {
    const state = { version: options.version(), wantsTakenPort: false, isUntried: initialize === "at-first-invoke" };
    const onLine = ({ source, text }: LogLine): void => {
      if (source !== "platform" && portInUse.test(text)) state.wantsTakenPort = true;
    };
    const environment = await options.start(onLine, initialize);
    return Object.assign(state, { environment });
  };
  /** Environments share this machine's ports: if a new one finds its port taken, the function keeps to the old ones. */
  const startOne = async (initialize: "at-once" | "at-first-invoke"): Promise<Environment | undefined> => {
    const isFirst = held.size + starts.size === 0;
    const launched = await (isFirst ? options.turns.start(user, () => launch(initialize)) : launch(initialize));
    const { environment } = launched;
    const isAlone = held.size + starts.size === 1;
    if (!isClosed && (!launched.wantsTakenPort || isAlone)) {
      held.set(environment, launched);
      return environment;
    }
    await environment.close();
    if (!isClosed && !isSerialised) options.onSerialised();
    isSerialised = true;
    limit = Math.max(1, held.size);
    return undefined;
  };

  const invoke: EnvironmentPool["invoke"] = async (payload, invocation) => {
    const environment = await take();
    const state = held.get(environment);
    const isFirst = state?.isUntried === true;
    if (state !== undefined) state.isUntried = false;
    const firstLine = environment.lines.length;
    const result = await environment.invoke(payload, invocation);
    // This invocation started the processes, and another function has their port: the function has not seen the event.
    if (isFirst && result.kind === "function-error" && state?.wantsTakenPort && options.turns.note(user)) {
      await drop(environment);
      return invoke(payload, invocation);
    }
    const lines = environment.idle().then(() => {
      const written = environment.lines.slice(firstLine);
      release(environment);
      return written;
    });
    // Most callers do not wait for the lines.
    lines.catch(() => {});
    return { result, lines };
  };

  return {
    invoke,
    async prepare() {
      if (isClosed || held.size + starts.size > 0) return;
      const laidOut = track(startOne("at-first-invoke"));
      // Invocations that come meanwhile wait for it; if it fails, they try again.
      preparing = laidOut.catch(() => {});
      const environment = await laidOut;
      if (environment !== undefined) release(environment);
    },
    async close() {
      isClosed = true;
      for (const one of waiting.splice(0)) one.reject(new Interrupted());
      for (const leave of leaving.values()) leave();
      await Promise.allSettled(starts);
      await Promise.all([...held.keys()].map((environment) => environment.close()));
    },
  };
}

interface Held extends Launched {
  readonly version: string;
  /** Laid out, its processes not started. */
  isUntried: boolean;
}

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}
