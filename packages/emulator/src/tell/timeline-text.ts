import type { TimelineEntry } from "../history/timeline.ts";

/**
 * Draws the life of an environment as text: one row for each span, with its lane and kind, a bar and its milliseconds;
 * an instant is a mark. Returns lines without an end; empty if there are no entries. Units: `columns` are characters.
 */
export function drawTimeline(entries: readonly TimelineEntry[], columns: number): string {
  if (entries.length === 0) return "";
  const shown = [...entries].sort(byTime).slice(0, maxRows);
  const startEpochMs = Math.min(...shown.map((entry) => entry.startEpochMs));
  const endEpochMs = Math.max(...shown.map((entry) => entry.endEpochMs));
  const rows = toRows(shown);
  const labelWidth = Math.max(...rows.map((row) => row.label.length));
  const barWidth = Math.max(20, columns - labelWidth - numbersWidth - 4);
  const cell = (epochMs: number): number =>
    ((epochMs - startEpochMs) / Math.max(endEpochMs - startEpochMs, 0.001)) * barWidth;
  const lines = rows.map(({ label, startMs, endMs }) => {
    const from = Math.min(barWidth - 1, Math.floor(cell(startMs)));
    const bar = startMs === endMs ? "|" : "█".repeat(Math.max(1, Math.ceil(cell(endMs)) - from));
    const numbers = `${ms(startMs - startEpochMs)} ${startMs === endMs ? "" : ms(endMs - startMs)}`;
    return `${label.padEnd(labelWidth)}  ${(" ".repeat(from) + bar).padEnd(barWidth)}  ${numbers.trimEnd()}`;
  });
  const head = `${"".padEnd(labelWidth)}  ${"".padEnd(barWidth)}  ${"at".padStart(numberWidth)} ${"took".padStart(numberWidth)}  ms`;
  const more = entries.length - shown.length;
  const rest = more === 0 ? [] : [`… and ${more} more steps; --json and --report have them all`];
  return [head, ...lines, ...rest].join("\n");
}

/** About two screens; many invocations have thousands of steps. */
const maxRows = 60;

const numberWidth = 9;
const numbersWidth = 2 * numberWidth + 5;

interface Row {
  readonly label: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** The platform first, then the runtime, then extensions; each lane in the order of time. */
function toRows(entries: readonly TimelineEntry[]): readonly Row[] {
  const lanes = [...new Set(["platform", "runtime", ...entries.map((entry) => entry.lane)])];
  const width = Math.max(...lanes.map((lane) => lane.length));
  return lanes.flatMap((lane) =>
    entries
      .filter((entry) => entry.lane === lane)
      .sort(byTime)
      .map((entry, index) => ({
        label: `${(index === 0 ? lane : "").padEnd(width)} ${entry.kind}`,
        startMs: entry.startEpochMs,
        endMs: entry.endEpochMs,
      })),
  );
}

/** The earlier entry first; of two that start together, the longer one. */
function byTime(a: TimelineEntry, b: TimelineEntry): number {
  return a.startEpochMs - b.startEpochMs || b.endEpochMs - a.endEpochMs;
}

function ms(value: number): string {
  return value.toFixed(1).padStart(numberWidth);
}
