import type { Contestants } from "./contestants.ts";

/** Whether a promise of the project held in this run. */
export interface Gate {
  readonly promise: string;
  readonly value: number;
  /** The most that `value` may be. */
  readonly limit: number;
}

/** What a section found. */
export interface SectionResult {
  /** For the reader: tables, and what they need to be understood. */
  readonly markdown: string;
  readonly gates: readonly Gate[];
  /** A picture for docs/: its file name and content. */
  readonly picture?: { readonly file: string; readonly svg: string };
  /** What of it belongs into README.md. */
  readonly readme?: string;
}

/** What a section works with. */
export interface Bench {
  readonly rounds: number;
  /** Removed at the end. */
  readonly folder: string;
  /** Built when first asked for. */
  contestants(): Contestants;
  /** Shows how far the section is, where somebody watches. */
  readonly onProgress: (done: number, all: number) => void;
}

/** One part of docs/benchmarks.md, between the markers of its name. */
export interface Section {
  readonly name: string;
  run(bench: Bench): Promise<SectionResult>;
}

/** One line per promise, with its figure. */
export function gateLines(gates: readonly Gate[]): readonly string[] {
  return gates.map(
    ({ promise, value, limit }) =>
      `${holds({ value, limit }) ? "held  " : "BROKEN"}  ${promise}: ${round(value)} (limit ${Number.isInteger(limit * 100) ? limit : round(limit)})`,
  );
}

/** Not a number breaks a promise. */
export function holds({ value, limit }: Pick<Gate, "value" | "limit">): boolean {
  return value <= limit;
}

function round(value: number): string {
  return value.toFixed(Math.abs(value) < 10 ? 3 : 1);
}
