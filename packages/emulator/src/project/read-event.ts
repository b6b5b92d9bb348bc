import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Host } from "../host/host.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import { fileProblem } from "../problems/file-problem.ts";
import { parseJson } from "../problems/parse-json.ts";

/**
 * Lambda's limit of a synchronous invocation. Source:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const maxEventBytes = 6 * 1024 * 1024;

/**
 * The event for an invocation: from a file, from standard input (`-`), or `{}`. Shape: the bytes as they were given,
 * so that numbers keep all their digits.
 * Errors: `EmulatorError` where the file is not there, is not JSON (with the place), or is over 6 MiB.
 */
export async function readEvent(file: string | undefined, host: Host): Promise<Uint8Array> {
  if (file === undefined) return Buffer.from("{}");
  const source = file === "-" ? "the event on standard input" : `event file ${file}`;
  const bytes = file === "-" ? await readAll(host.stdin) : await readEventFile(resolve(host.cwd, file), file);
  if (bytes.length > maxEventBytes) {
    throw new EmulatorError(`${source} has ${bytes.length} bytes; Lambda takes at most ${maxEventBytes} (6 MiB)`);
  }
  const text = new TextDecoder().decode(bytes);
  if (text.trim() === "") throw new EmulatorError(`${source} is empty: write JSON, or leave --event out for {}`);
  parseJson(text, source);
  return withoutByteOrderMark(bytes);
}

/** Some editors begin files with it; JSON has none, and runtimes refuse it. */
function withoutByteOrderMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

async function readEventFile(path: string, shown: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new EmulatorError(`event file ${shown} ${fileProblem(error)}: give a JSON file with --event`);
  }
}

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxEventBytes) break;
  }
  return Buffer.concat(chunks);
}
