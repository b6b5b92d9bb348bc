import type { Message } from "esbuild";
import type { Entry } from "../config/entry.ts";
import { packageOf } from "./lack.ts";
import type { Lack } from "./lack.ts";

/** One of esbuild's errors in one line that says what to do. */
export function explainMessage(message: Message, entry: Entry): string {
  const line = toLine(message);
  const { text } = message;
  if (text.includes('No loader is configured for ".node" files')) {
    const name = packageOf(text.split(": ")[1]);
    return name === undefined
      ? `${line}. A native module cannot go into the bundle: make it a package, and list that in lambdaExtension.external`
      : `${line}. A native module cannot go into the bundle: add "${name}" to lambdaExtension.external`;
  }
  const extension = /^No loader is configured for "(\.[^"]+)" files/.exec(text)?.[1];
  if (extension !== undefined) {
    return `${line}. Say what its import gives: "loader": { "${extension}": "text" } in lambdaExtension, or "binary"`;
  }
  if (text.startsWith("Top-level await")) {
    const name = packageOf(message.location?.file);
    if (name !== undefined) {
      return `${line}. The bundle is CommonJS: add "${name}" to lambdaExtension.external, and load it with import()`;
    }
    return `${line}. The bundle is CommonJS: call the function without await, or inside an async function`;
  }
  if (entry.kind === "package" && text.includes(entry.specifier)) {
    return `lambdaExtension.entry: expected a package that exports "./extension", got "${entry.specifier}" (${text})`;
  }
  return line;
}

/** What the bundle cannot hold, if one of esbuild's warnings says so. */
export function toLack(message: Message): Lack | undefined {
  const packageName = packageOf(message.location?.file);
  switch (message.id) {
    case "unsupported-require-call":
    case "unsupported-dynamic-import":
      return {
        packageName,
        text: `${placeOf(message)}: expected the name of a module, got one that is known only at run time`,
        advice: "write the name in quotes, or add its package to lambdaExtension.external",
      };
    case "require-resolve-not-external":
      return {
        packageName,
        text: `${placeOf(message)}: expected a file that is there at run time, got ${message.text.split(" ")[0]}`,
        advice: "add it to lambdaExtension.assets, and open it with join(__dirname, …)",
      };
    default:
      return undefined;
  }
}

/** A message in one line, with its place. */
export function toLine(message: Message): string {
  return message.location === null ? message.text : `${placeOf(message)}: ${message.text}`;
}

function placeOf({ location }: Message): string {
  return location === null ? "the bundle" : `${location.file}:${location.line}`;
}
