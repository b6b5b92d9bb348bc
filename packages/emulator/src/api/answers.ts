import type { Answer } from "../state/api-request.ts";

/** JSON as Go's encoder writes it: `<`, `>`, `&` and the two line separators escaped, a newline at the end. */
function goJson(value: unknown): string {
  const escaped = JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${escaped}\n`;
}

/** A JSON answer. */
export function jsonAnswer(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { "Content-Type": "application/json", ...headers }, body: goJson(value) };
}

/** An error with its type, keys in the platform's order. */
export function errorAnswer(status: number, errorType: string, errorMessage: string): Answer {
  return jsonAnswer(status, { errorMessage, errorType });
}

/** 202 `{"status":"OK"}`: taken. */
export const accepted: Answer = jsonAnswer(202, { status: "OK" });

/** The answer for an unknown path. */
export const notFound: Answer = {
  status: 404,
  headers: { "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff" },
  body: "404 page not found\n",
};

/** The answer for a known path with another method. */
export const methodNotAllowed: Answer = { status: 405, headers: {}, body: "" };

/** The answer for a fault of the emulator itself. */
export const internalServerError: Answer = errorAnswer(500, "InternalServerError", "Internal Server Error");
