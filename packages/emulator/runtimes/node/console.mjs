import { format } from "node:util";
import { describeForLog } from "./errors.mjs";
import { isOlderGeneration } from "./generation.mjs";

const levels = { trace: "TRACE", debug: "DEBUG", log: "INFO", info: "INFO", warn: "WARN", error: "ERROR" };
const ranks = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

/** Makes the console write lines as Lambda's Node runtime does: `time TAB request id TAB level TAB message`. */
export function patchConsole(requestId) {
  const isJson = (process.env.AWS_LAMBDA_LOG_FORMAT ?? "").toUpperCase() === "JSON";
  const least = isJson ? ranks.indexOf((process.env.AWS_LAMBDA_LOG_LEVEL ?? "TRACE").toUpperCase()) : 0;

  function write(level, values) {
    if (ranks.indexOf(level) < least) return;
    const time = new Date().toISOString();
    if (isJson) process.stdout.write(`${JSON.stringify(toRecord(time, level, values))}\n`);
    // One record, although it may have several lines: the platform cuts records at newlines.
    else {
      process.stdout.write(
        `${time}\t${requestId() ?? (isOlderGeneration ? "undefined" : "-")}\t${level}\t${format(...values).replaceAll("\n", "\r")}\n`,
      );
    }
  }

  function toRecord(timestamp, level, values) {
    const [first] = values;
    const message =
      values.length === 1 && typeof first === "object" && first !== null && !(first instanceof Error)
        ? first
        : format(...values);
    const error = values.find((value) => value instanceof Error);
    return {
      timestamp,
      level,
      ...(requestId() === undefined ? {} : { requestId: requestId() }),
      message,
      ...(error === undefined
        ? {}
        : { errorType: error.name, errorMessage: error.message, stackTrace: String(error.stack).split("\n") }),
    };
  }

  for (const [method, level] of Object.entries(levels)) console[method] = (...values) => write(level, values);
  console.fatal = (...values) => write("FATAL", values);
  return {
    error(label, reason) {
      const { stack, ...described } = describeForLog(reason);
      if (isJson) write("ERROR", [{ ...described, stackTrace: stack }]);
      else write("ERROR", [`${label} \t${JSON.stringify({ ...described, stack })}`]);
    },
  };
}
