import { closeSync, existsSync, openSync, readdirSync, readSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { programOf } from "../check/program.ts";
import type { Program } from "../check/program.ts";
import { whatIsAt } from "../paths.ts";

/** A file of a package. Paths are relative to the package's folder. */
export interface PackageFile {
  readonly path: string;
  /** Set for compiled code, of any system. */
  readonly program: Exclude<Program, { kind: "script" | "none" }> | undefined;
}

/** Sources of native code and what a compiler leaves, text for people, and maps: no program reads them. */
const leftOut =
  /\.(map|md|markdown|tsbuildinfo|c|cc|cpp|h|hpp|o|a|gyp|gypi|vcxproj|mk)$|^build\/Release\/(obj|obj\.target|\.deps)\//i;

const license = /(^|\/)(licen[cs]e|copying|notice)[^/]*$/i;

/** Lists the files of a package that a program may need: not the packages in it, which have places of their own. */
export function listPackage(folder: string): readonly PackageFile[] {
  const files: PackageFile[] = [];
  const visit = (path: string, above: readonly string[]): void => {
    const real = realpathSync(join(folder, path));
    if (above.includes(real)) return; // a link that leads back up
    for (const name of readdirSync(real).toSorted()) {
      if (path === "" && (name === "node_modules" || name.startsWith("."))) continue;
      const child = path === "" ? name : `${path}/${name}`;
      const there = whatIsAt(join(folder, child));
      if (there === "a folder") visit(child, [...above, real]);
      else if (there === "a file" && (license.test(child) || !leftOut.test(child)) && !isDeclaration(folder, child)) {
        const program = programOf(readStart(join(folder, child)));
        files.push({
          path: child,
          program: program.kind === "linux" || program.kind === "foreign" ? program : undefined,
        });
      }
    }
  };
  visit("", []);
  return files;
}

/** Types of a JavaScript file beside it. Others may be data, as the libraries of TypeScript are. */
function isDeclaration(folder: string, path: string): boolean {
  const [, stem, kind] = /^(.+)\.d\.([cm]?)ts$/.exec(path) ?? [];
  return stem !== undefined && existsSync(join(folder, `${stem}.${kind}js`));
}

const startBytes = 256;

function readStart(path: string): Uint8Array {
  const buffer = Buffer.alloc(startBytes);
  const file = openSync(path, "r");
  try {
    return buffer.subarray(0, readSync(file, buffer, 0, startBytes, 0));
  } finally {
    closeSync(file);
  }
}
