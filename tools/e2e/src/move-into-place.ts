import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";

/** Renames a complete folder. If another run was faster, its folder stays. Errors: rejects if neither folder exists. */
export async function moveIntoPlace(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

/**
 * Makes a folder unless it exists: `fill` fills an empty folder beside it. Returns why that failed, after `problem`;
 * empty if the folder exists. Errors: rejects where `CI=true`.
 */
export async function makeOnce(
  folder: string,
  problem: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  if (existsSync(folder)) return "";
  const beside = `${folder}.${process.pid}`;
  try {
    await mkdir(beside, { recursive: true });
    await fill(beside);
    await moveIntoPlace(beside, folder);
    return "";
  } catch (error) {
    if (process.env["CI"] === "true") throw error;
    return `${problem}: ${String(error).slice(-500)}`;
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}
