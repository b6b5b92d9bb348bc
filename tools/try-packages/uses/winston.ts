import assert from "node:assert/strict";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import winston from "winston";

/** Writes a line into a stream, and a coloured one to the console. */
export async function use(): Promise<void> {
  const { colorize, combine, simple } = winston.format;
  const stream = new PassThrough();
  const console = new winston.transports.Console({ format: combine(colorize(), simple()) });
  const log = winston.createLogger({ transports: [console, new winston.transports.Stream({ stream })] });
  log.info("a line", { name: "value" });
  const [line] = await once(stream, "data");
  assert.deepEqual(JSON.parse(line), { level: "info", message: "a line", name: "value" });
}
