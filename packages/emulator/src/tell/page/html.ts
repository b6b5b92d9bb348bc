/** Text that is HTML. */
export interface Html {
  readonly text: string;
}

/** What may stand in a template: text is escaped, `Html` and lists of it are not. */
export type HtmlPart = string | number | Html | readonly Html[];

/** Marks the emulator's own text as HTML. */
export function raw(text: string): Html {
  return { text };
}

/** Builds HTML from a template. Escapes every part that is not `Html`, for elements and for quoted attributes. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return raw(strings.map((string, index) => string + toText(parts[index] ?? "")).join(""));
}

function toText(part: HtmlPart): string {
  if (typeof part === "string" || typeof part === "number") return escape(String(part));
  return "text" in part ? part.text : part.map((one) => one.text).join("");
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? character);
}
