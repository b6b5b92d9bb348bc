import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";

/**
 * Renames a folder that is complete; where another run was faster, theirs stays. Errors: rejects where neither is there
 * afterwards.
 */
export async function moveIntoPlace(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}
