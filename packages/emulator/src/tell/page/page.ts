import type { LogLine } from "../../history/log-line.ts";
import type { InvocationReport, Report } from "../../history/report.ts";
import type { TimelineEntry } from "../../history/timeline.ts";
import { html, raw } from "./html.ts";
import type { Html } from "./html.ts";
import { pageScript } from "./page-script.ts";
import { pageStyle } from "./page-style.ts";
import { isBar, layOut } from "./picture.ts";
import type { Lane, PictureItem } from "./picture.ts";

/** What the page shows. */
export interface ReportInput {
  readonly title: string;
  readonly timeline: readonly TimelineEntry[];
  readonly lines: readonly LogLine[];
  readonly reports: readonly Report[];
}

/**
 * The life of an environment as one HTML file that needs nothing else: lanes, a table of invocations, log lines. It
 * reads without scripts; with them it zooms and answers to the keyboard.
 */
export function renderReport({ title, timeline, lines, reports }: ReportInput): string {
  const invocations = reports.filter((report) => report.kind === "invocation");
  const lanes = layOut(timeline, invocations);
  const times = lanes.flatMap((lane) => lane.items.flatMap((item) => [item.startEpochMs, item.endEpochMs]));
  const startEpochMs = times.length === 0 ? 0 : times.reduce((a, b) => Math.min(a, b));
  const totalMs = Math.max(times.length === 0 ? 0 : times.reduce((a, b) => Math.max(a, b)) - startEpochMs, 0.001);
  const scale = { startEpochMs, totalMs };
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}: Lambda timeline</title>
<style>${raw(pageStyle)}</style>
<header>
  <h1>${title}</h1>
  <p>${totalMs.toFixed(1)} ms from ${new Date(startEpochMs).toISOString()}
  <p class="keys"><kbd>←</kbd><kbd>→</kbd> along a lane, <kbd>↑</kbd><kbd>↓</kbd> between lanes, <kbd>+</kbd><kbd>−</kbd> zoom, <kbd>0</kbd> all
</header>
<main>
  <section aria-label="Timeline">
    <div id="picture" data-total-ms="${totalMs}">
      <div class="names"><div class="axis"></div>${lanes.map(renderName)}</div>
      <div class="view"><div class="track"><div class="axis" aria-hidden="true"></div>${lanes.map((lane) => renderLane(lane, scale))}</div></div>
    </div>
    ${legend}
    <p id="detail" role="status">Choose a step for its details.
  </section>
  ${invocations.length === 0 ? "" : renderTable(invocations)}
  <section>
    <h2>Log lines</h2>
    <ol class="lines">${renderLines({ lines, timeline }, startEpochMs)}</ol>
  </section>
</main>
<script>${raw(pageScript)}</script>
</html>
`.text;
}

/** A kind for each colour, and the steps that have it. */
const colours = [
  ["init", "init, restore, boot"],
  ["invoke", "invoke, busy"],
  ["overhead", "extensions after the answer, telemetry"],
  ["freeze", "frozen"],
  ["billed", "billed, idle"],
  ["shutdown", "shutdown, exit, error"],
] as const;

const legend = html`<ul class="legend" aria-label="Colours">${colours.map(
  ([kind, meaning]) => html`<li><i data-kind="${kind}"></i>${meaning}</li>`,
)}<li><i class="instant"></i>an instant</li></ul>`;

interface Scale {
  readonly startEpochMs: number;
  readonly totalMs: number;
}

function renderName({ name, rows }: Lane): Html {
  return html`<div class="name" style="--rows:${Math.max(rows, 1)}">${name}</div>`;
}

function renderLane({ name, rows, items }: Lane, scale: Scale): Html {
  return html`<div class="lane" role="group" aria-label="${name}" style="--rows:${Math.max(rows, 1)}">${items.map((item) => renderItem(item, scale))}</div>`;
}

function renderItem(item: PictureItem, { startEpochMs, totalMs }: Scale): Html {
  const { lane, kind, detail, requestId, row } = item;
  const atMs = item.startEpochMs - startEpochMs;
  const tookMs = item.endEpochMs - item.startEpochMs;
  const shape = isBar(item) ? "bar" : "mark";
  const facts = [
    `${lane}: ${kind}`,
    `at ${atMs.toFixed(1)} ms`,
    ...(isBar(item) ? [`took ${tookMs.toFixed(1)} ms`] : []),
    ...(detail === undefined || detail === "" ? [] : [detail]),
    ...(requestId === undefined ? [] : [`request ${requestId}`]),
  ].join(", ");
  const place = `--at:${toShare(atMs, totalMs)}; --took:${toShare(tookMs, totalMs)}; --row:${row}`;
  return html`<button tabindex="-1" class="${shape}" data-kind="${kind}" style="${place}" aria-label="${facts}" title="${facts}"><span>${kind}</span></button>`;
}

function toShare(ms: number, totalMs: number): string {
  return ((ms / totalMs) * 100).toFixed(4);
}

function renderTable(reports: readonly InvocationReport[]): Html {
  return html`<section>
    <h2>Invocations</h2>
    <div class="wide"><table>
      <thead><tr><th>Request<th>Duration<th>Billed<th>Init<th>Memory<th>Status</thead>
      <tbody>${reports.map(
        (report) =>
          html`<tr><td>${report.requestId}<td>${report.durationMs.toFixed(2)} ms<td>${report.billedDurationMs ?? 0} ms<td>${
            report.initDurationMs === undefined ? "" : `${report.initDurationMs.toFixed(2)} ms`
          }<td>${report.maxMemoryUsedMb === undefined ? "" : `${report.maxMemoryUsedMb} MB`}<td>${report.status}`,
      )}</tbody>
    </table></div>
  </section>`;
}

/** Lines have the processes' clock, which each skip moves ahead; the picture has the machine's clock. */
function renderLines(
  { lines, timeline }: Pick<ReportInput, "lines" | "timeline">,
  startEpochMs: number,
): readonly Html[] {
  const skips = timeline.flatMap(({ startEpochMs, fact }) =>
    fact?.kind === "skip" ? [{ startEpochMs, durationMs: fact.durationMs }] : [],
  );
  let skippedMs = 0;
  return lines.flatMap((line) => {
    const rows: Html[] = [];
    for (let [skip] = skips; skip !== undefined && line.epochMs - skippedMs > skip.startEpochMs; [skip] = skips) {
      const { durationMs } = skip;
      // The line was written before the skip and arrived after it.
      if (line.epochMs - skippedMs < skip.startEpochMs + durationMs) break;
      skippedMs += durationMs;
      skips.shift();
      rows.push(html`<li class="skip">${durationMs / 1000} s pass for the wall clock alone</li>`);
    }
    const at = (line.epochMs - skippedMs - startEpochMs).toFixed(1);
    return [
      ...rows,
      html`<li data-source="${line.source}"><time>${at} ms</time> <b>${line.name}</b> <code>${line.text}</code></li>`,
    ];
  });
}
