import { goSyntaxError } from "./go-json-syntax.ts";

/** The events an extension asks for, or the platform's words about a body that cannot be read. */
export type RegistrationBody =
  | { readonly kind: "ok"; readonly events: readonly string[] }
  | { readonly kind: "invalid"; readonly message: string };

/** The Go type of the whole body, as it stands in the official emulator's messages. */
const bodyType = 'struct { handler.RegisterRequest; ConfigurationKeys []string "json:\\"configurationKeys\\"" }';

const fields = {
  events: { path: ".RegisterRequest.events", type: "core.Event" },
  configurationKeys: { path: ".configurationKeys", type: "string" },
} as const;

/**
 * Reads `{"events": [...]}` as Go's decoder does: absent or null means none, unknown keys are ignored, the case of keys
 * does not matter.
 */
export function parseRegistration(body: Buffer): RegistrationBody {
  const syntaxError = goSyntaxError(body.toString("latin1"));
  if (syntaxError !== undefined) return { kind: "invalid", message: syntaxError };
  const value: unknown = JSON.parse(body.toString("utf8"));
  if (value === null) return { kind: "ok", events: [] };
  if (typeof value !== "object" || Array.isArray(value)) {
    return { kind: "invalid", message: `json: cannot unmarshal ${goKind(value)} into Go value of type ${bodyType}` };
  }
  let events: readonly string[] = [];
  let hasConfigurationKeys = false;
  for (const [key, content] of Object.entries(value)) {
    const name = fieldOf(key);
    if (name === undefined || content === null) continue;
    const mismatch = findMismatch(content, fields[name]);
    if (mismatch !== undefined) return { kind: "invalid", message: mismatch };
    if (name === "events") events = (content as unknown[]).map((event) => (typeof event === "string" ? event : ""));
    else hasConfigurationKeys = (content as unknown[]).length > 0;
  }
  if (hasConfigurationKeys) {
    return { kind: "invalid", message: "configurationKeys are deprecated; use environment variables instead" };
  }
  return { kind: "ok", events };
}

function fieldOf(key: string): keyof typeof fields | undefined {
  const lower = key.toLowerCase();
  if (lower === "events") return "events";
  return lower === "configurationkeys" ? "configurationKeys" : undefined;
}

/** What is no list of strings; a null in the list is an empty string to Go. */
function findMismatch(
  content: unknown,
  { path, type }: { readonly path: string; readonly type: string },
): string | undefined {
  if (!Array.isArray(content)) {
    return `json: cannot unmarshal ${goKind(content)} into Go struct field ${path} of type []${type}`;
  }
  const wrong: unknown = content.find((item) => typeof item !== "string" && item !== null);
  return wrong === undefined
    ? undefined
    : `json: cannot unmarshal ${goKind(wrong)} into Go struct field ${path} of type ${type}`;
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}
