/** Whether there is something to wait for: what is over at once is spared promises and timers. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value;
}
