import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import jwt from "jsonwebtoken";

/** Signs and verifies a token. */
export async function use(): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const token = jwt.sign({ name: "value" }, privateKey, { algorithm: "ES256", expiresIn: "1h" });
  assert.equal(jwt.verify(token, publicKey).name, "value");
  assert.throws(() => jwt.verify(token, publicKey, { audience: "another" }), jwt.JsonWebTokenError);
}
