import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface ProjectFolder {
  readonly folder: string;
  /** Writes a file. Content that is not text is written as JSON. */
  readonly put: (path: string, content: unknown) => void;
  readonly remove: () => void;
}

/** An extension's project in a folder of its own, whose path has a space. */
export function makeProject(lambdaExtension: unknown, source = "console.log('hello');\n"): ProjectFolder {
  const parent = mkdtempSync(join(tmpdir(), "project test "));
  const folder = join(parent, "my extension");
  const put = (path: string, content: unknown): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === "string" ? content : JSON.stringify(content));
  };
  put("package.json", { name: "trial", version: "1.0.0", type: "module", lambdaExtension });
  put("src/main.ts", source);
  return { folder, put, remove: () => rmSync(parent, { recursive: true, force: true }) };
}
