import { EmulatorError } from "./emulator-error.ts";

/**
 * Parses JSON. Errors: `EmulatorError` that names `source` and has the engine's words: Node.js quotes the text around
 * the place, or tells the position (from 22 on with line and column).
 */
export function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // A quoted text may have several lines; a message has one.
    const message = (error as SyntaxError).message.replaceAll("\r", "\\r").replaceAll("\n", "\\n");
    throw new EmulatorError(`${source} is not JSON: ${message}`);
  }
}
