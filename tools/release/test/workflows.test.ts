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

/** Programs that fetch other programs and run them, or install them, at a version that a registry chooses. */
const fetchers =
  /\b(npx|bunx|uvx|pipx?|corepack|curl|wget|brew|gem|cargo|apt-get|docker|npm (?!install\b)|pnpm (?:dlx|add|up)|go (?:install|run))\b/;

/** The commands of a job, or of a script in package.json, that may run another tool tomorrow than today. */
function floatingTools(commands: readonly string[]): readonly string[] {
  return commands
    .flatMap((command) => command.split(/&&|\|\||[|;\n]/))
    .map((command) => command.trim())
    .filter((command) => {
      if (/^npm (install|i|ci)\b/.test(command)) {
        return !/^npm install --global( [\w/-]+@\d+\.\d+\.\d+)+$/.test(command);
      }
      if (/^pnpm (install|i)\b/.test(command)) return !/--(frozen-lockfile|lockfile-only)\b/.test(command);
      return fetchers.test(command);
    });
}

test.each([
  "npx --yes pnpm@12 install",
  "npm install --global pnpm@12",
  "npm install --global pnpm",
  "npm i -g pnpm@12.21.0",
  "true && pnpm install",
  "pnpm dlx changeset",
  "pip install awscli",
  "curl https://example.com/install.sh | sh",
  "go install example.com/tool@latest",
])("takes %s for a floating tool", (command) => {
  expect(floatingTools([command])).toHaveLength(1);
});

describe("a job that may ask for an identity", () => {
  const { packageManager, scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    packageManager: string;
    scripts: Record<string, string>;
  };
  const nodeVersion = /^nodeVersion: (\S+)$/m.exec(readFileSync(join(root, "pnpm-workspace.yaml"), "utf8"))?.[1];
  const jobs = workflows.flatMap((path) => {
    const text = readFileSync(join(root, path), "utf8");
    const list = text
      .slice(text.indexOf("\njobs:\n"))
      .split(/^ {2}(?=[\w-]+:$)/m)
      .slice(1);
    return list.filter((job) => job.includes("id-token: write")).map((job) => ({ path, job }));
  });
  /** Those that call another workflow have no steps; the steps are in a job of that workflow. */
  const withSteps = jobs.filter(({ job }) => !/^ {4}uses: \.\//m.test(job));

  test("is in two workflows", () => {
    expect(withSteps.map(({ path }) => path)).toEqual([
      ".github/workflows/publish-layers.yml",
      ".github/workflows/release.yml",
    ]);
  });

  test.each(withSteps)("runs no floating tool: $path", ({ job }) => {
    const commands = [...job.matchAll(/^ +(?:- )?run: (?!\|)(.+)$/gm)].map(([, command = ""]) => command);
    const blocks = [...job.matchAll(/^( +)(?:- )?run: \|\n((?:\1 .*\n)+)/gm)].map(([, , block = ""]) => block);
    const called = [...job.matchAll(/\bpnpm ([a-z][\w-]*)/g)].flatMap(([, script = ""]) => scripts[script] ?? []);
    expect(commands.length).toBeGreaterThan(1);
    expect(called.length).toBeGreaterThan(0);
    expect(floatingTools([...commands, ...blocks, ...called])).toEqual([]);
    expect(commands).toContain(`npm install --global ${packageManager}`);
  });

  test.each(withSteps)("has the workspace's Node.js, whose npm is part of it, and no cache: $path", ({ job }) => {
    expect([...job.matchAll(/node-version: (.+)$/gm)].map(([, version]) => version)).toEqual([nodeVersion]);
    expect(job).toContain("package-manager-cache: false");
    expect(job).not.toMatch(/^ +cache: |actions\/cache/m);
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
