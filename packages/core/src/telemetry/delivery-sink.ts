/** Where deliveries go. */
export interface DeliverySink {
  /** Resolves when there is room for another body. */
  room(): Promise<void>;
  push(body: Buffer): void;
  /** Something that came is no delivery; the text says what. */
  onProblem(problem: string): void;
}
