import type { FileHandle } from "node:fs/promises";
import { builtinModule } from "@lambda-extension/core";
import type { Batch } from "../buffer/bounded-buffer.ts";
import { causeOf, toNdjson } from "./destination.ts";
import type { Destination, SendOutcome } from "./destination.ts";

/** A file for one environment alone. Units: bytes. */
export interface FileConfig {
  /** Absolute. On Lambda only /tmp and mounted file systems can be written. */
  readonly path: string;
  /** A file that would grow longer first moves to `<path>.1`, over the one before: at most twice this is kept. */
  readonly maxBytes: number;
}

/** Pipes, sockets and devices may take half a batch, and cannot give it back. */
const noFile: SendOutcome = { kind: "drop", cause: "not a regular file" };

/** The errors of a folder, and of a socket or a pipe without a reader. */
const openErrorsOfOthers = ["EISDIR", "ENXIO"];

/** Appends batches of NDJSON to a file. It removes a batch that is only written in part: no line is ever cut. */
export function createFileDestination(config: FileConfig): Destination {
  let last: Promise<unknown> = Promise.resolve();

  async function append(batch: Batch): Promise<SendOutcome> {
    try {
      const opened = await openFor(batch);
      if (opened === undefined) return noFile;
      const { handle, size } = opened;
      try {
        await handle.appendFile(toNdjson(batch));
      } catch (error) {
        await handle.truncate(size);
        throw error;
      } finally {
        await handle.close();
      }
      return { kind: "sent" };
    } catch (error) {
      const cause = causeOf(error);
      return openErrorsOfOthers.includes(cause) ? noFile : { kind: "retry", cause };
    }
  }

  /** Undefined if the path is not of a regular file. */
  async function openFor(batch: Batch): Promise<{ readonly handle: FileHandle; readonly size: number } | undefined> {
    const { constants, open, rename } = builtinModule("node:fs/promises");
    // O_NONBLOCK: without it, the open of a pipe waits for a reader, and the process for the open.
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NONBLOCK;
    const handle = await open(config.path, flags, 0o600);
    const stat = await handle.stat();
    const { size } = stat;
    if (stat.isFile() && (size === 0 || size + batch.bytes <= config.maxBytes)) return { handle, size };
    await handle.close();
    if (!stat.isFile()) return undefined;
    await rename(config.path, `${config.path}.1`);
    return { handle: await open(config.path, flags, 0o600), size: 0 };
  }

  return {
    name: `file ${config.path}`,
    send(batch) {
      // One after the other: a slow append, given up by its caller, must not cut off the text of a later one.
      const outcome = last.then(() => append(batch));
      last = outcome;
      return outcome;
    },
    async close() {},
  };
}
