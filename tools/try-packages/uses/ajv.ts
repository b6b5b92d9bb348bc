import assert from "node:assert/strict";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";

/** Compiles a schema, and says what is wrong. */
export async function use(): Promise<void> {
  const ajv = new Ajv();
  addFormats.default(ajv);
  const validate = ajv.compile({ type: "object", properties: { email: { type: "string", format: "email" } } });
  assert.ok(validate({ email: "a@example.com" }));
  assert.ok(!validate({ email: "a" }));
  assert.match(ajv.errorsText(validate.errors), /must match format "email"/);
}
