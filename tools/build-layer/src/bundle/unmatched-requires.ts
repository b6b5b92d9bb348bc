import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Message, Plugin } from "esbuild";

/**
 * Finds calls such as `require("./build/" + kind + "/addon")` of which esbuild found no file, though the program may
 * go on without one: bunyan's dtrace-provider and ssh2's cpu-features do. Returns a plug-in for a second build, which
 * leaves these calls to Node.js; undefined if there are other errors.
 */
export function leaveUnmatched(errors: readonly Message[], folder: string): Plugin | undefined {
  if (!errors.every(isUnmatched)) return undefined;
  const errorsIn = (path: string): readonly Message[] =>
    errors.filter(({ location }) => resolve(folder, location?.file ?? "") === path);
  return {
    name: "unmatched-requires",
    setup(build) {
      build.onLoad({ filter: /\.[cm]?js$/ }, async ({ path }) => {
        const found = errorsIn(path);
        return found.length === 0 ? undefined : { contents: leave(await readFile(path, "utf8"), found), loader: "js" };
      });
    },
  };
}

/** A pattern, or native code that was not built; in a package, because in the project's own source it is a mistake. */
function isUnmatched({ text, location }: Message): boolean {
  const isOptional = /^Could not resolve ((require|import)\(".*\*.*"\)|"\.[^"]*\.node")$/.test(text);
  return isOptional && /(^|\/)node_modules\//.test(location?.file ?? "");
}

/** Makes the arguments such that esbuild cannot read them: `[argument][0]`. Lines stay where they are. */
function leave(text: string, messages: readonly Message[]): string {
  const lines = text.split("\n");
  const places = messages.flatMap(({ location }) => location ?? []).toSorted((a, b) => b.column - a.column);
  for (const { line, column, length } of places) {
    const bytes = Buffer.from(lines[line - 1] ?? "");
    const part = (from: number, to?: number): string => bytes.subarray(from, to).toString();
    lines[line - 1] = `${part(0, column)}[${part(column, column + length)}][0]${part(column + length)}`;
  }
  return lines.join("\n");
}
