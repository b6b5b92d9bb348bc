import type { Answer, ApiRequest } from "../state/api-request.ts";
import type { Extension, Generation } from "../state/generation.ts";
import { errorAnswer } from "./answers.ts";

/** The extension that calls, or the answer to a caller that is not an extension. */
export type Identified =
  | { readonly kind: "known"; readonly extension: Extension }
  | { readonly kind: "refused"; readonly answer: Answer };

/** Checks `Lambda-Extension-Identifier`, then a header the call requires, then whether the extension is known. */
export function identifyExtension(
  generation: Generation,
  request: ApiRequest,
  { unknownMessage, requiredHeader }: { readonly unknownMessage?: string; readonly requiredHeader?: string } = {},
): Identified {
  const text = request.header("lambda-extension-identifier");
  if (text === undefined) {
    return refused("Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header");
  }
  const id = parseUuid(text);
  if (id === undefined) return refused("Extension.InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier");
  if (requiredHeader !== undefined && request.header(requiredHeader.toLowerCase()) === undefined) {
    return refused("Extension.MissingHeader", `${requiredHeader} not found`);
  }
  const extension = generation.extensions.find((candidate) => candidate.id === id && candidate.state !== "Started");
  if (extension === undefined) {
    return refused("Extension.UnknownExtensionIdentifier", unknownMessage ?? `Unknown extension ${id}`);
  }
  return { kind: "known", extension };
}

/**
 * Takes what Go's `uuid.Parse` takes: plain, after `urn:uuid:`, between any two characters, or 32 digits. Returns lower
 * case with dashes.
 */
function parseUuid(text: string): string | undefined {
  const plain = text.length === 38 ? text.slice(1, -1) : text.replace(/^urn:uuid:/i, "");
  const match = /^([0-9a-f]{8})(-?)([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{12})$/i.exec(plain);
  if (match === null) return undefined;
  const [, first, , ...rest] = match;
  return [first, ...rest].join("-").toLowerCase();
}

function refused(errorType: string, errorMessage: string): Identified {
  return { kind: "refused", answer: errorAnswer(403, errorType, errorMessage) };
}

/** The name of the extension that makes a call, from its headers. */
export function callerOf(generation: Generation, request: ApiRequest): string | undefined {
  const id = request.header("lambda-extension-identifier");
  return (
    request.header("lambda-extension-name") ?? generation.extensions.find((extension) => extension.id === id)?.name
  );
}
