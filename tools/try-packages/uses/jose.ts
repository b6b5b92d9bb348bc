import assert from "node:assert/strict";
import { generateKeyPair, jwtVerify, SignJWT } from "jose";

/** Signs and verifies a token. */
export async function use(): Promise<void> {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const token = await new SignJWT({ name: "value" }).setProtectedHeader({ alg: "ES256" }).sign(privateKey);
  assert.equal((await jwtVerify(token, publicKey)).payload["name"], "value");
}
