import assert from "node:assert/strict";
import { z } from "zod";

/** Parses, and says what is wrong. */
export async function use(): Promise<void> {
  const schema = z.object({ name: z.string().min(1), email: z.email() });
  assert.deepEqual(schema.parse({ name: "a", email: "a@example.com", more: 1 }), { name: "a", email: "a@example.com" });
  assert.match(z.prettifyError(schema.safeParse({ name: 1, email: "" }).error), /expected string, received number/);
}
