import type { Report } from "../history/report.ts";
import type { Platform } from "../state/platform.ts";

/** An event of the platform, and the line it leaves in the log with the Text format. */
export interface Announcement {
  readonly type: string;
  readonly record: unknown;
  /** Left out: the event leaves no line, whatever the format. */
  readonly text?: string;
  /** The figures, where a phase ends with it. */
  readonly report?: Report;
}

/**
 * Keeps the figures, sends the event to subscribers and writes its line: with the JSON log format the event itself, as
 * Lambda does.
 */
export function announce(platform: Platform, { type, record, text, report }: Announcement): void {
  platform.telemetry.emit(type, record);
  if (report !== undefined) platform.report(report);
  if (text === undefined) return;
  const isJson = platform.settings.logFormat === "JSON";
  platform.write(
    "platform",
    "platform",
    isJson ? JSON.stringify({ time: new Date().toISOString(), type, record }) : text,
  );
}

/** Three decimals, as the platform reports milliseconds. */
export function roundToMicroseconds(durationMs: number): number {
  return Math.round(durationMs * 1000) / 1000;
}
