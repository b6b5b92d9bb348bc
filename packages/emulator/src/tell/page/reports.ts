import type { LogLine } from "../../history/log-line.ts";

/** What a REPORT line says of an invocation. Units: milliseconds and MB. */
export interface InvocationReport {
  readonly requestId: string;
  readonly durationMs: number;
  readonly billedMs: number;
  readonly initMs: number | undefined;
  readonly maxMemoryMb: number | undefined;
  /** `timeout`, `error` …; undefined where all went well. */
  readonly status: string | undefined;
}

/**
 * Reads the REPORT lines of the platform, as text or as JSON (`platform.report`), in their order. Errors: none.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html
 */
export function readReports(lines: readonly LogLine[]): readonly InvocationReport[] {
  return lines
    .filter((line) => line.source === "platform")
    .flatMap((line) => readTextReport(line.text) ?? readJsonReport(line.text) ?? []);
}

function readTextReport(text: string): InvocationReport | undefined {
  if (!text.startsWith("REPORT ")) return undefined;
  const fields = new Map(
    text
      .slice("REPORT ".length)
      .trim()
      .split("\t")
      .map((field) => [field.slice(0, field.indexOf(": ")), field.slice(field.indexOf(": ") + 2)] as const),
  );
  const number = (name: string): number | undefined => {
    const value = Number.parseFloat(fields.get(name) ?? "");
    return Number.isFinite(value) ? value : undefined;
  };
  return {
    requestId: fields.get("RequestId") ?? "",
    durationMs: number("Duration") ?? 0,
    billedMs: number("Billed Duration") ?? 0,
    initMs: number("Init Duration"),
    maxMemoryMb: number("Max Memory Used"),
    status: fields.get("Status"),
  };
}

interface JsonReport {
  readonly type?: unknown;
  readonly record?: {
    readonly requestId?: string;
    readonly status?: string;
    readonly metrics?: Readonly<Record<string, number>>;
  };
}

function readJsonReport(text: string): InvocationReport | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const { type, record } = JSON.parse(text) as JsonReport;
    if (type !== "platform.report" || record === undefined) return undefined;
    const { requestId = "", status, metrics = {} } = record;
    return {
      requestId,
      durationMs: metrics["durationMs"] ?? 0,
      billedMs: metrics["billedDurationMs"] ?? 0,
      initMs: metrics["initDurationMs"],
      maxMemoryMb: metrics["maxMemoryUsedMB"],
      status: status === "success" ? undefined : status,
    };
  } catch {
    return undefined;
  }
}
