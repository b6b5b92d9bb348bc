import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const workflows = globSync(".github/workflows/*.yml", { cwd: root }).sort();
const linterVersion = "1.7.12";

describe.each(workflows)("%s", (path) => {
  const text = readFileSync(join(root, path), "utf8");

  test("names every action by its commit, with the version in a comment", () => {
    const actions = [...text.matchAll(/^\s*(?:- )?uses: (?<action>.+)$/gm)].map(
      ({ groups }) => groups?.["action"] ?? "",
    );
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions.filter((action) => !action.startsWith("./"))) {
      expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  test("gives jobs at most a permission to read by default", () => {
    expect(text).toMatch(/^permissions:( \{\}|\n {2}contents: read)$/m);
  });

  test("calls only scripts that package.json has", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const called = [...text.matchAll(/\bpnpm (?<script>[a-z][\w-]*)/g)]
      .map(({ groups }) => groups?.["script"] ?? "")
      .filter((script) => script !== "install");
    for (const script of called) expect(Object.keys(scripts)).toContain(script);
  });
});

const actionlint = installActionlint();

test.skipIf(actionlint === undefined)("actionlint finds nothing wrong with the workflows", () => {
  const { status, stdout } = spawnSync(actionlint ?? "", ["-no-color", "-shellcheck=", "-pyflakes=", ...workflows], {
    cwd: root,
    encoding: "utf8",
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
});

/** Builds the linter once, into the repository's cache. Returns undefined, with a warning, if Go cannot build it. */
function installActionlint(): string | undefined {
  const folder = join(root, `.cache/actionlint-${linterVersion}`);
  const file = join(folder, "actionlint");
  if (existsSync(file)) return file;
  const module = `github.com/rhysd/actionlint/cmd/actionlint@v${linterVersion}`;
  const { status, error, stderr } = spawnSync("go", ["install", module], {
    env: { ...process.env, GOBIN: folder },
    encoding: "utf8",
  });
  if (status === 0) return file;
  console.warn(`SKIPPED: actionlint needs Go, and \`go install ${module}\` failed: ${error?.message ?? stderr}`);
  return undefined;
}
