import type { Contestants } from "./contestants.ts";

/** A promise of the project, and what this run measured. */
export interface Gate {
  readonly promise: string;
  readonly value: number;
  /** The most that `value` may be. */
  readonly limit: number;
}

/** What a section found. */
export interface SectionResult {
  /** For the reader: tables, and what explains them. */
  readonly markdown: string;
  readonly gates: readonly Gate[];
  /** A picture for docs/: its file name and content. */
  readonly picture?: { readonly file: string; readonly svg: string };
  /** The part of it for README.md. */
  readonly readme?: string;
}

/** What a section works with. */
export interface Bench {
  /** How many rounds a section measures. Slow measurements divide all rounds by `part`; never fewer than three. */
  readonly rounds: (part?: number) => number;
  /** Removed at the end. */
  readonly folder: string;
  /** Built on the first call. */
  readonly contestants: () => Contestants;
  /** Shows the progress of the section on a terminal. */
  readonly onProgress: (done: number, all: number) => void;
}

/** One part of docs/benchmarks.md, between the markers of its name. */
export interface Section {
  readonly name: string;
  readonly run: (bench: Bench) => Promise<SectionResult>;
}
