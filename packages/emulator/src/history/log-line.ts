/** A line that a process of the environment, or the platform itself, wrote. */
export interface LogLine {
  readonly source: "platform" | "function" | "extension";
  /** The extension's name; the function's name; `platform`. */
  readonly name: string;
  /** A record of the managed runtimes' own logging may have several lines. */
  readonly text: string;
  readonly epochMs: number;
  /** Whether it says where this machine is not like Lambda; every environment of a function has the same notices. */
  readonly isNotice?: true;
}

/**
 * Where this machine is not like Lambda. `no-namespace`: paths are this machine's. `writable-path`: Lambda keeps that
 * folder read-only. `other-python`: not the version of the runtime. `no-cpu-share`: all of this machine's CPU.
 */
export interface Notice {
  readonly kind: "no-namespace" | "writable-path" | "other-python" | "no-cpu-share";
  /** One sentence for people. */
  readonly text: string;
}
