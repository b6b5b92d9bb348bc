/** The figures that the platform reports at the end of a phase, as its log lines have them. Units: milliseconds, MB. */
export type Report = InvocationReport | InitReport | RestoreReport;

interface PhaseReport {
  readonly status: ReportStatus;
  /** What failed; undefined on success, and if the time ran out. */
  readonly errorType?: string | undefined;
  readonly durationMs: number;
}

/** What an invocation took: the REPORT line. An error in the function's answer counts on Managed Instances only. */
export interface InvocationReport extends PhaseReport {
  readonly kind: "invocation";
  readonly requestId: string;
  /** Undefined on Managed Instances, as are the figures of memory. */
  readonly billedDurationMs?: number | undefined;
  readonly memorySizeMb?: number | undefined;
  readonly maxMemoryUsedMb?: number | undefined;
  /** With the first invocation after an init that it pays for. */
  readonly initDurationMs?: number | undefined;
  /** With the first invocation after a restore. */
  readonly restoreDurationMs?: number | undefined;
}

/** What an init took: the INIT_REPORT line, which is not written for an init on demand that succeeds. */
export interface InitReport extends PhaseReport {
  readonly kind: "init";
  readonly phase: "init" | "invoke";
}

/** What the restore of a snapshot took: the RESTORE_REPORT line. */
export interface RestoreReport extends PhaseReport {
  readonly kind: "restore";
}

/** How a phase ended. */
export type ReportStatus = "success" | "error" | "timeout";
