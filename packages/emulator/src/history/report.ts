/** The figures that the platform reports at the end of a phase, as its log lines have them. Units: milliseconds, MB. */
export type Report = InvocationReport | InitReport | RestoreReport;

/** What an invocation took: the REPORT line. */
export interface InvocationReport {
  readonly kind: "invocation";
  readonly requestId: string;
  readonly status: ReportStatus;
  /** What ended it, unless its time did. An error that the function answered with counts on Managed Instances only. */
  readonly errorType?: string | undefined;
  readonly durationMs: number;
  /** On Managed Instances neither this nor a memory figure is told. */
  readonly billedDurationMs?: number | undefined;
  readonly memorySizeMb?: number | undefined;
  readonly maxMemoryUsedMb?: number | undefined;
  /** With the first invocation after an init that it pays for. */
  readonly initDurationMs?: number | undefined;
  /** With the first invocation after a restore. */
  readonly restoreDurationMs?: number | undefined;
}

/** What an init took: the INIT_REPORT line, which is not written for an init on demand that succeeds. */
export interface InitReport {
  readonly kind: "init";
  readonly phase: "init" | "invoke";
  readonly status: ReportStatus;
  readonly errorType?: string | undefined;
  readonly durationMs: number;
}

/** What the restore of a snapshot took: the RESTORE_REPORT line. */
export interface RestoreReport {
  readonly kind: "restore";
  readonly status: ReportStatus;
  readonly errorType?: string | undefined;
  readonly durationMs: number;
}

/** How a phase ended. */
export type ReportStatus = "success" | "error" | "timeout";
