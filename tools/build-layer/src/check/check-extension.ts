import { posix } from "node:path";
import { checkCarriedEngine } from "./check-engine.ts";
import type { FileEntry, TreeEntry } from "./layer-tree.ts";
import { programOf } from "./program.ts";

/**
 * Checks one file of `extensions/`, which Lambda executes. For a link, `entry` is its target under the link's path.
 * Returns problems as `path: expected …, got …`.
 */
export function checkExtension(entry: FileEntry, entries: readonly TreeEntry[]): readonly string[] {
  if (/\p{Cc}/u.test(entry.path)) return [`${JSON.stringify(entry.path)}: expected a name without control characters`];
  const problems: string[] = [];
  const report = (expected: string, got: string): void => {
    problems.push(`${entry.path}: expected ${expected}, got ${got}`);
  };
  const program = programOf(entry.head);
  if (program.kind === "none") {
    report(
      'a program, because Lambda executes every file of extensions/ (a script starts with "#!")',
      "something else: move it out of extensions/",
    );
    return problems;
  }
  const name = posix.basename(entry.path);
  if (/[^!-~]/.test(name)) {
    report(
      "a name of ASCII characters without blanks, because the extension registers with it in an HTTP header",
      JSON.stringify(name),
    );
  }
  // Lambda runs extensions as another user than the one who owns the files.
  if ((entry.mode & 0o001) === 0) report("an execute bit for all (chmod 755)", `mode 0${entry.mode.toString(8)}`);
  if (program.kind !== "script") return problems;
  if (program.hasCarriageReturn) report("line ends of Linux (LF)", "those of Windows (CR LF)");
  else if (!program.interpreter.startsWith("/")) {
    report('an interpreter with its whole path after "#!"', program.interpreter || "nothing");
  } else if (!existsOnLambda(program.interpreter, entries)) {
    report("an interpreter that is in the layer and that all may execute", program.interpreter);
  } else problems.push(...checkScript(entry, entries), ...checkCarriedEngine(entry, entries));
  return problems;
}

/** An interpreter under /opt must come with the layer; others belong to the function's runtime. */
function existsOnLambda(interpreter: string, entries: readonly TreeEntry[]): boolean {
  if (!interpreter.startsWith("/opt/")) return true;
  const found = entries.find(({ path }) => path === interpreter.slice("/opt/".length));
  return found !== undefined && (found.kind !== "file" || (found.mode & 0o001) !== 0);
}

/**
 * The extension registers with a name, and Lambda waits for the name of the file. A launcher of build-layer takes the
 * name from its file; a name that is written out in a script must be the same.
 */
function checkScript(script: FileEntry, entries: readonly TreeEntry[]): readonly string[] {
  const name = posix.basename(script.path);
  const text = new TextDecoder().decode(script.head);
  const folder = /^ *local extension=(\S+)$/m.exec(text)?.[1];
  if (folder !== undefined && !entries.some(({ path }) => path === `${folder}/index.cjs`)) {
    return [`${script.path}: expected its bundle at ${folder}/index.cjs, got nothing there`];
  }
  // As a key with a quoted value, or as a header inside one string.
  const [, value, header] = /lambda-extension-name(?:["']\s*[:,]\s*["']([\w.-]+)["']|:\s*([\w.-]+))/i.exec(text) ?? [];
  const literal = value ?? header;
  if (literal === undefined || literal === name) return [];
  return [`${script.path}: expected to register as "${name}", the name of its file, got "${literal}"`];
}
