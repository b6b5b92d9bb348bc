import type { Environment } from "../src/environment/environment.ts";
import type { LogLine } from "../src/history/log-line.ts";
import type { TimelineEntry } from "../src/history/timeline.ts";
import type { Host } from "../src/host/host.ts";
import type { EnvironmentOptions } from "../src/options/environment-options.ts";
import type { InvokeResult } from "../src/options/invoke-result.ts";

/** A `Host` whose streams are strings. */
export interface FakeHost extends Host {
  /** Everything written to either stream, in the order of writing. */
  readonly written: { stdout: string; stderr: string; both: string };
  interrupt(): void;
}

/** A `Host` of a command that runs in `cwd`, not on a terminal; `over` replaces what a test is about. */
export function createFakeHost(cwd: string, over: Partial<Host> & { readonly input?: string } = {}): FakeHost {
  const written = { stdout: "", stderr: "", both: "" };
  const interruption = new AbortController();
  const output = (name: "stdout" | "stderr") => ({
    write(text: string) {
      written[name] += text;
      written.both += text;
    },
    isTerminal: false,
    columns: undefined,
  });
  return {
    written,
    interrupt: () => interruption.abort(),
    stdout: output("stdout"),
    stderr: output("stderr"),
    stdin: toChunks(over.input ?? ""),
    cwd,
    env: { PATH: process.env["PATH"] },
    interrupted: interruption.signal,
    architecture: "x86_64",
    nowEpochMs: () => 0,
    canMoveClock: () => true,
    startEnvironment: () => Promise.reject(new Error("BUG: the test gave no environment")),
    ...over,
  };
}

async function* toChunks(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

/** What a fake environment was asked to do. */
export interface FakeEnvironments {
  readonly started: EnvironmentOptions[];
  readonly events: unknown[];
  /** Units: milliseconds. */
  readonly skips: number[];
  /** Started and not closed. */
  readonly open: () => number;
  readonly start: (options: EnvironmentOptions) => Promise<Environment>;
}

/** Environments that log one line per step of their life and answer with `answer`. */
export function createFakeEnvironments(
  answer: (event: unknown) => Promise<Pick<InvokeResult, "kind" | "payload">>,
): FakeEnvironments {
  const started: EnvironmentOptions[] = [];
  const events: unknown[] = [];
  const skips: number[] = [];
  let open = 0;
  const start = (options: EnvironmentOptions): Promise<Environment> => {
    started.push(options);
    open++;
    let isClosed = false;
    const lines: LogLine[] = [];
    const timeline: TimelineEntry[] = [{ lane: "platform", kind: "init", startEpochMs: 0, endEpochMs: 10 }];
    const log = (source: LogLine["source"], name: string, text: string): void => {
      const line = { source, name, text, epochMs: 0 };
      lines.push(line);
      options.onLine?.(line);
    };
    log("extension", "fake-extension", "[fake-extension] Registering...");
    const environment: Environment = {
      runtimeApi: "127.0.0.1:1",
      lines,
      timeline,
      tmpPath: "/tmp",
      reports: [],
      isolation: { kind: "namespace" },
      notices: [],
      addFault: () => () => {},
      kill() {},
      cutIdleConnections() {},
      skip: (durationMs) => void skips.push(durationMs),
      async invoke(event) {
        events.push(event);
        log("function", "fake", "function line");
        const { kind, payload } = await answer(event);
        return { requestId: `request-${events.length}`, kind, payload, durationMs: 1 };
      },
      idle: () => Promise.resolve(log("platform", "platform", "REPORT")),
      shutdown: () => Promise.resolve(log("extension", "fake-extension", "Received SHUTDOWN event. Exiting.")),
      close() {
        if (!isClosed) open--;
        isClosed = true;
        return Promise.resolve();
      },
    };
    return Promise.resolve(environment);
  };
  return { started, events, skips, open: () => open, start };
}
