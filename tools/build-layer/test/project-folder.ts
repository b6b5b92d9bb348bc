import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface ProjectFolder {
  readonly folder: string;
  /** Writes a file. Content that is not text is written as JSON. */
  readonly put: (path: string, content: unknown) => void;
  readonly remove: () => void;
}

/** The shortest extension that does its work after its launcher has registered. */
export const loop = `import { get } from "node:http";
const headers = { "Lambda-Extension-Identifier": process.env["LAMBDA_EXTENSION_IDENTIFIER"] };
get("http://" + process.env["AWS_LAMBDA_RUNTIME_API"] + "/2020-01-01/extension/event/next", { headers }, () => process.exit());
`;

/** An extension's project in a folder of its own, whose path has a space. */
export function makeProject(lambdaExtension: unknown, source = loop): ProjectFolder {
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
