/** The logger's own messages, see {@link createOwnMessages}. */
export type OwnMessages = ReturnType<typeof createOwnMessages>;

/** More than the logger reports in its life; a line comes back as telemetry within a second or two. */
const remembered = 64;

/**
 * Writes messages through `write`, each with the prefix. With the type `extension` subscribed, every line that this
 * process prints comes back as an event; to ship it and to report that would never end
 * (https://github.com/DataDog/datadog-lambda-extension/issues/1307). The event does not name its extension, so `isOwn`
 * compares the text.
 */
export function createOwnMessages(options: { readonly prefix: string; write(line: string): void }) {
  const { prefix } = options;
  const reported = new Set<string>();
  const recent: string[] = [];

  function report(message: string): void {
    const line = `${prefix}${message.replace(/(?<!\s)\s*[\r\n]\s*/g, " ")}`;
    recent.push(line);
    if (recent.length > remembered) recent.shift();
    options.write(line);
  }

  return {
    report,
    /** Reports a message the first time its key is used. */
    reportOnce(key: string, message: string): void {
      if (reported.has(key)) return;
      reported.add(key);
      report(message);
    },
    /** True for a telemetry record that is one of the latest own messages. */
    isOwn(record: string | { readonly [key: string]: unknown }): boolean {
      const text = typeof record === "string" ? record : record["message"];
      return typeof text === "string" && recent.includes(text.trimEnd());
    },
  };
}
