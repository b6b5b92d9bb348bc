/** The events an extension asks for, or what is wrong with the body. */
export type RegistrationBody =
  | { readonly kind: "ok"; readonly events: readonly string[] }
  | { readonly kind: "invalid"; readonly message: string };

/**
 * Reads `{"events": [...]}` as the platform does: an absent key, or null, means no events; a null in the list is an
 * empty string; unknown keys are ignored; the case of keys does not matter.
 */
export function parseRegistration(body: Buffer): RegistrationBody {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch (error) {
    return invalid(`the body is not JSON: ${(error as SyntaxError).message}`);
  }
  if (typeof value !== "object" || Array.isArray(value)) {
    return invalid(`the body: expected an object, got ${kindOf(value)}`);
  }
  const lists = { events: [] as readonly string[], configurationkeys: [] as readonly string[] };
  for (const [key, content] of Object.entries(value ?? {})) {
    const name = key.toLowerCase();
    if ((name !== "events" && name !== "configurationkeys") || content === null) continue;
    if (!Array.isArray(content)) return invalid(`${key}: expected a list of strings, got ${kindOf(content)}`);
    const wrong: unknown = content.find((item) => typeof item !== "string" && item !== null);
    if (wrong !== undefined) return invalid(`${key}: expected a list of strings, got ${kindOf(wrong)} in it`);
    lists[name] = content.map((item) => (item as string | null) ?? "");
  }
  if (lists.configurationkeys.length > 0) {
    return invalid("configurationKeys are deprecated; use environment variables instead");
  }
  return { kind: "ok", events: lists.events };
}

function invalid(message: string): RegistrationBody {
  return { kind: "invalid", message };
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
