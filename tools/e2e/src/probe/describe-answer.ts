import type { ApiAnswer } from "./api-call.ts";

/** Headers that clients read; `Date` and `Content-Length` are the HTTP library's. */
const compared = /^(content-type|x-content-type-options|lambda-|allow$)/;

/** An answer as one line of text, with what differs from run to run replaced, so that two emulators can be compared. */
export function describeAnswer(answer: ApiAnswer): string {
  if (answer.kind === "closed") return "connection closed";
  const headers = Object.entries(answer.headers)
    .filter(([name]) => compared.test(name))
    .map(([name, value]) => `${name}: ${value}`)
    .sort();
  return replaceVariable([String(answer.status), ...headers, JSON.stringify(answer.body)].join(" | "));
}

/** Replaces ids, times and addresses. */
export function replaceVariable(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<id>")
    .replace(/\b1[6-9]\d{11}\b/g, "<time>");
}
