import type { startEnvironment } from "../environment/start-environment.ts";

/** A stream that the command writes to. */
export interface Output {
  write(text: string): void;
  /** Whether it is a terminal, which gets colours and lines of its width. */
  readonly isTerminal: boolean;
  /** Units: characters; undefined if it is no terminal. */
  readonly columns: number | undefined;
}

/** Everything that the process gives a command; tests give their own. */
export interface Host {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Fires at Ctrl-C, SIGTERM or SIGHUP. */
  readonly interrupted: AbortSignal;
  /** `x86_64` or `arm64`, as in a template. */
  readonly architecture: string;
  nowEpochMs(): number;
  /** Whether environments with a movable clock can be started here. */
  canMoveClock(): boolean;
  readonly startEnvironment: typeof startEnvironment;
}

/** The user ended the command; everything that it started ends too. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** The promise's outcome, or `Interrupted` as soon as the user ends the command; the promise itself goes on. */
export function unlessInterrupted<T>(promise: Promise<T>, interrupted: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new Interrupted());
    if (interrupted.aborted) onAbort();
    interrupted.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => interrupted.removeEventListener("abort", onAbort));
  });
}
