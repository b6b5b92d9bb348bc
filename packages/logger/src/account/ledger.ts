/** Why a line was dropped. */
export type DropReason =
  /** The buffer was full, and the line was its oldest. */
  | "overflow"
  /** The destination refused the batch for good. */
  | "rejected"
  /** The line alone was more than the destination takes. */
  | "too-large"
  /** JSON cannot write it. */
  | "unencodable";

/** Counts what happens to each line: `received = delivered + dropped + pending`. A split line counts once per piece. */
export class Ledger {
  #received = 0;
  #delivered = 0;
  #lostBefore = 0;
  #malformed = 0;
  readonly #dropped = new Map<DropReason, number>();

  receive(lines: number): void {
    this.#received += lines;
  }

  deliver(lines: number): void {
    this.#delivered += lines;
  }

  drop(reason: DropReason, lines: number): void {
    if (lines > 0) this.#dropped.set(reason, this.dropped(reason) + lines);
  }

  /** For records that the platform dropped before they came here (`platform.logsDropped`); not in the sum. */
  loseBefore(records: number): void {
    this.#lostBefore += records;
  }

  /** For elements that are no telemetry events; they are shipped, and so already in the sum. */
  markMalformed(lines: number): void {
    this.#malformed += lines;
  }

  get received(): number {
    return this.#received;
  }

  get delivered(): number {
    return this.#delivered;
  }

  /** Lines dropped for one reason, or for all. */
  dropped(reason?: DropReason): number {
    if (reason !== undefined) return this.#dropped.get(reason) ?? 0;
    return [...this.#dropped.values()].reduce((sum, lines) => sum + lines, 0);
  }

  /** The account as one line. The buffer counts `pending`, not this ledger: a line lost between them shows. */
  toLine(pending: number): string {
    const reasons = [...this.#dropped].map(([reason, lines]) => `${reason} ${lines}`).join(", ");
    const dropped = `${this.dropped()} dropped${reasons === "" ? "" : ` (${reasons})`}`;
    const missing = this.#received - this.#delivered - this.dropped() - pending;
    const notes = [
      this.#malformed > 0 ? `malformed ${this.#malformed}` : "",
      this.#lostBefore > 0 ? `dropped by the platform before they came here: ${this.#lostBefore}` : "",
      missing === 0 ? "" : `BUG: ${missing} unaccounted for`,
    ].filter((note) => note !== "");
    const sum = `${this.#received} received = ${this.#delivered} delivered + ${dropped} + ${pending} pending`;
    return [`account: ${sum}`, ...notes].join("; ");
  }
}
