/** What an extension of the tutorial writes from the start of its environment to SHUTDOWN, with one invocation. */
export const tutorialLines: readonly string[] = [
  "Registering…",
  "Registered with ID: …",
  "Waiting for event…",
  "Received event: INVOKE",
  "Waiting for event…",
  "Received SHUTDOWN event. Exiting.",
];

/**
 * Splits lines that hold the text of several processes. All processes write into one pipe, and Python's runtime client
 * writes a line and its end in two calls: an extension's line may follow an unfinished line of the function.
 */
export function linesApart(extensions: readonly string[], lines: readonly string[]): string[] {
  const starts = extensions.map((extension) => `[${extension}] `);
  return lines.flatMap((line) => {
    const at = starts.map((start) => line.indexOf(start)).find((index) => index > 0);
    return at === undefined ? [line] : [line.slice(0, at), line.slice(at)];
  });
}

/** The lines that the extension wrote, in order, without what differs from run to run. */
export function tutorialLinesOf(extension: string, lines: readonly string[]): string[] {
  const prefix = `[${extension}] `;
  return linesApart([extension], lines)
    .filter((line) => line.startsWith(prefix))
    .map((line) => line.trimEnd().slice(prefix.length))
    .map((line) =>
      line.replace(/ID: [0-9a-f]{8}…/, "ID: …").replace(/event: \{"eventType":"INVOKE".*/, "event: INVOKE"),
    );
}
