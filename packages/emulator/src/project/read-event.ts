import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Host } from "../host/host.ts";
import { EmulatorError, fileProblem } from "../problems/emulator-error.ts";
import { parseJson } from "../problems/parse-json.ts";

/**
 * Lambda's limit of a synchronous invocation. Source:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const maxEventBytes = 6 * 1024 * 1024;

/** Where an event comes from; `empty` is `{}`. */
export type EventSource =
  | { readonly kind: "empty" }
  | { readonly kind: "standard-input" }
  /** As the user wrote it. */
  | { readonly kind: "file"; readonly file: string };

/**
 * Reads the event for an invocation. Returns the bytes as they were given, so that numbers keep all their digits.
 * Errors: `EmulatorError` if the file is missing, is not JSON, or is over 6 MiB.
 */
export async function readEvent(source: EventSource, host: Host): Promise<Uint8Array> {
  if (source.kind === "empty") return Buffer.from("{}");
  const name = source.kind === "file" ? `event file ${source.file}` : "the event on standard input";
  const bytes = source.kind === "file" ? await readEventFile(source.file, host.cwd) : await readAll(host.stdin);
  if (bytes.length > maxEventBytes) {
    throw new EmulatorError(`${name} has ${bytes.length} bytes; Lambda takes at most ${maxEventBytes} (6 MiB)`);
  }
  const text = new TextDecoder().decode(bytes);
  if (text.trim() === "") throw new EmulatorError(`${name} is empty: write JSON, or leave --event out for {}`);
  parseJson(text, name);
  return withoutByteOrderMark(bytes);
}

/** Some editors begin files with a byte order mark; JSON has no such mark, and runtimes refuse it. */
function withoutByteOrderMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

async function readEventFile(file: string, cwd: string): Promise<Uint8Array> {
  try {
    return await readFile(resolve(cwd, file));
  } catch (error) {
    throw new EmulatorError(`event file ${file} ${fileProblem(error)}: give a JSON file with --event`);
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
