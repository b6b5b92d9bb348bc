/** The logger's own messages, and how they are known again when they come back as telemetry. */
export interface OwnMessages {
  report(message: string): void;
  /** Reports a message the first time its key is used. */
  reportOnce(key: string, message: string): void;
  /** True for a telemetry record that is one of the latest own messages. */
  isOwn(record: string | { readonly [key: string]: unknown }): boolean;
}

/** More than the logger reports in its life; telemetry of a line comes back within a second or two of it. */
const remembered = 64;

/**
 * Writes messages through `write`, each with the prefix. With the type `extension` subscribed, everything this process
 * prints comes back as an event; shipping it and then telling about it would never end
 * (https://github.com/DataDog/datadog-lambda-extension/issues/1307). The telemetry does not say whose line it is, so
 * the text does.
 */
export function createOwnMessages(options: { readonly prefix: string; write(line: string): void }): OwnMessages {
  const { prefix } = options;
  const reported = new Set<string>();
  const recent: string[] = [];

  function report(message: string): void {
    const line = `${prefix}${message.replace(/\s*[\r\n]+\s*/g, " ")}`;
    recent.push(line);
    if (recent.length > remembered) recent.shift();
    options.write(line);
  }

  return {
    report,
    reportOnce(key, message) {
      if (reported.has(key)) return;
      reported.add(key);
      report(message);
    },
    isOwn(record) {
      const text = typeof record === "string" ? record : record["message"];
      return typeof text === "string" && recent.includes(text.trimEnd());
    },
  };
}
