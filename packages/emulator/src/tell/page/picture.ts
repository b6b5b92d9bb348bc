import type { InvocationReport } from "../../history/report.ts";
import type { TimelineEntry } from "../../history/timeline.ts";

/** An item of the picture: a bar if it took time, otherwise a mark. Units: epoch milliseconds. */
export interface PictureItem extends TimelineEntry {
  /** Bars of one row never overlap. */
  readonly row: number;
}

/** A lane of the picture with its rows. */
export interface Lane {
  readonly name: string;
  readonly rows: number;
  readonly items: readonly PictureItem[];
}

/**
 * Lays a timeline out: platform, runtime, then extensions in the order they appear. Each lane has its bars in as few
 * rows as possible, and a last row of marks. Adds what the entries imply: when a process was busy, and what was billed.
 */
export function layOut(entries: readonly TimelineEntry[], reports: readonly InvocationReport[]): readonly Lane[] {
  const all = [...entries, ...billed(entries, reports), ...idle(entries)];
  const names = [...new Set(["platform", "runtime", ...entries.map((entry) => entry.lane)])];
  return names.map((name) => toLane(name, [...all.filter((entry) => entry.lane === name), ...busy(entries, name)]));
}

function toLane(name: string, entries: readonly TimelineEntry[]): Lane {
  const sorted = [...entries].sort((a, b) => a.startEpochMs - b.startEpochMs || b.endEpochMs - a.endEpochMs);
  const bars: PictureItem[] = [];
  let rows = 0;
  for (const tier of [0, 1, 2]) {
    const packed = pack(
      sorted.filter((entry) => isBar(entry) && tierOf(entry) === tier),
      rows,
    );
    bars.push(...packed.items);
    rows += packed.rows;
  }
  const marks = sorted.filter((entry) => !isBar(entry)).map((entry) => ({ ...entry, row: rows }));
  return { name, rows: rows + (marks.length > 0 ? 1 : 0), items: [...bars, ...marks] };
}

/** The rows of a lane from top to bottom: phases, then overhead and telemetry, then what was billed. */
function tierOf({ kind }: TimelineEntry): number {
  if (kind === "billed") return 2;
  return kind === "overhead" || kind === "telemetry" ? 1 : 0;
}

/** Each bar goes into the first row that is free at its start. */
function pack(
  sorted: readonly TimelineEntry[],
  firstRow: number,
): { readonly items: PictureItem[]; readonly rows: number } {
  const rowEnds: number[] = [];
  const items = sorted.map((entry) => {
    const free = rowEnds.findIndex((end) => end <= entry.startEpochMs);
    const row = free === -1 ? rowEnds.length : free;
    rowEnds[row] = entry.endEpochMs;
    return { ...entry, row: firstRow + row };
  });
  return { items, rows: rowEnds.length };
}

/** Whether an entry took time, or happened in an instant. */
export function isBar(entry: TimelineEntry): boolean {
  return entry.endEpochMs > entry.startEpochMs;
}

/** What a process does after a step of this kind, until it asks for the next event or ends. */
const begins: Readonly<Record<string, string>> = { spawn: "boot", invoke: "busy", shutdown: "shutdown" };
const ends = new Set(["next", "exit", "init/error", "exit/error"]);

function busy(entries: readonly TimelineEntry[], lane: string): readonly TimelineEntry[] {
  if (lane === "platform") return [];
  const found: TimelineEntry[] = [];
  let since: TimelineEntry | undefined;
  for (const entry of entries.filter((one) => one.lane === lane).sort((a, b) => a.startEpochMs - b.startEpochMs)) {
    if (Object.hasOwn(begins, entry.kind)) since = entry;
    else if (since !== undefined && ends.has(entry.kind)) {
      const kind = begins[since.kind] ?? "busy";
      // The start of a process is a bar of its own; an event comes in an instant.
      found.push({ ...since, kind, startEpochMs: since.endEpochMs, endEpochMs: entry.startEpochMs });
      since = undefined;
    }
  }
  return found;
}

/** The time between two bars of the platform: without freeze processes go on here, on Lambda they would not. */
function idle(entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const found: TimelineEntry[] = [];
  let startEpochMs: number | undefined;
  const bars = entries.filter((entry) => entry.lane === "platform" && isBar(entry));
  for (const bar of bars.sort((a, b) => a.startEpochMs - b.startEpochMs)) {
    if (startEpochMs !== undefined && bar.startEpochMs > startEpochMs) {
      found.push({ lane: "platform", kind: "idle", startEpochMs, endEpochMs: bar.startEpochMs });
    }
    startEpochMs = Math.max(startEpochMs ?? bar.endEpochMs, bar.endEpochMs);
  }
  return found;
}

/** The init that a report names, and the rest of what it bills from the start of the invocation. */
function billed(entries: readonly TimelineEntry[], reports: readonly InvocationReport[]): readonly TimelineEntry[] {
  const platform = entries.filter((entry) => entry.lane === "platform");
  const firstInit = platform.find((entry) => entry.kind === "init");
  const invokes = new Map(
    platform.filter((entry) => entry.kind === "invoke").map((entry) => [entry.requestId, entry] as const),
  );
  return reports.flatMap(({ requestId, billedDurationMs = 0, initDurationMs }) => {
    const startEpochMs = invokes.get(requestId)?.startEpochMs;
    if (startEpochMs === undefined) return [];
    const base = { lane: "platform", kind: "billed", requestId, detail: `${billedDurationMs} ms billed` };
    const init = initDurationMs === undefined || firstInit === undefined ? [] : [{ ...firstInit, ...base }];
    const restMs = Math.max(0, billedDurationMs - (init.length === 0 ? 0 : Math.ceil(initDurationMs ?? 0)));
    return [...init, { ...base, startEpochMs, endEpochMs: startEpochMs + restMs }];
  });
}
