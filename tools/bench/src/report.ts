import type { Gate } from "./section.ts";

/** A Markdown table. The first column is text; the others are figures, aligned to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const toRow = (cells: readonly string[]) => `|${cells.map((cell) => (cell === "" ? " " : ` ${cell} `)).join("|")}|`;
  return [toRow(head), `|---|${"--:|".repeat(head.length - 1)}`, ...rows.map(toRow)].join("\n");
}

/** Paragraphs of Markdown, the first of which says how often and where a section measured. */
export function described(rounds: number, ...paragraphs: readonly string[]): string {
  const first = `${rounds} rounds, Node.js ${process.version}, ${process.platform} ${process.arch}.`;
  return [first, ...paragraphs].join("\n\n");
}

/** One line per promise, with its figure. */
export function gateLines(gates: readonly Gate[]): readonly string[] {
  return gates.map(
    ({ promise, value, limit }) =>
      `${holds({ value, limit }) ? "held  " : "BROKEN"}  ${promise}: ${round(value)} (limit ${Number.isInteger(limit * 100) ? limit : round(limit)})`,
  );
}

/** Whether the promise held. `NaN` breaks it. */
export function holds({ value, limit }: Pick<Gate, "value" | "limit">): boolean {
  return value <= limit;
}

/**
 * Replaces the text between `<!-- name:start -->` and `<!-- name:end -->` and keeps the rest.
 * Errors: throws if the document lacks the markers.
 */
export function writeBetween(document: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const from = document.indexOf(start);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the document has no ${start} … ${end}`);
  return `${document.slice(0, from + start.length)}\n${content.trim()}\n${document.slice(to)}`;
}

function round(value: number): string {
  return value.toFixed(Math.abs(value) < 10 ? 3 : 1);
}
