import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkConformance } from "../src/conformance/check-conformance.ts";
import type { ConformanceOptions, ConformanceReport } from "../src/conformance/check-conformance.ts";
import { checks } from "../src/conformance/registry.ts";

const zoo = join(import.meta.dirname, "zoo");

/** Checks a layer whose `extensions/` is an animal's folder. */
async function check(animal: string, options: Partial<ConformanceOptions> = {}): Promise<ConformanceReport> {
  const layer = mkdtempSync(join(tmpdir(), "zoo-"));
  try {
    cpSync(join(zoo, animal), join(layer, "extensions"), { recursive: true });
    cpSync(join(zoo, "kit"), join(layer, "zoo"), { recursive: true });
    // git keeps no such mode.
    if (animal === "wrong/modes") chmodSync(join(layer, "zoo/polite.sh"), 0o640);
    return await checkConformance({ layer, ...options });
  } finally {
    rmSync(layer, { recursive: true });
  }
}

function idsOf(report: ConformanceReport, outcome: string): readonly string[] {
  return report.results.filter((result) => result.outcome === outcome).map(({ id }) => id);
}

const telemetryChecks = checks.map(({ id }) => id).filter((id) => id.startsWith("telemetry-"));

// Most of a run is waiting.
describe.concurrent("conformance", { timeout: 120_000 }, () => {
  test.each(["python", "node"])("an extension in %s that does everything right passes everything", async (language) => {
    const report = await check(`good/${language}`);
    expect(report.results.filter(({ outcome }) => outcome !== "pass")).toEqual([]);
    expect(report).toMatchObject({
      extensions: [`good-${language}`],
      passed: checks.length,
      failed: 0,
      notApplicable: 0,
    });
  });

  test("an extension in bash without telemetry passes everything else, beside a custom runtime too", async () => {
    const report = await check("good/bash", { functionRuntime: "provided.al2023" });
    expect(report.failed).toBe(0);
    expect(idsOf(report, "not-applicable")).toEqual(telemetryChecks);
  });

  /** Other checks that an animal must fail too. */
  const follows: Readonly<Record<string, readonly string[]>> = {
    // Managed Instances know the JSON log format only.
    "telemetry-object-records": ["managed-instances"],
  };

  test.each(checks.map(({ id }) => id))(
    "the animal that is wrong about %s fails that check and no other",
    async (id) => {
      const report = await check(`wrong/${id}`);
      expect(new Set(idsOf(report, "fail"))).toEqual(new Set([id, ...(follows[id] ?? [])]));
      const result = report.results.find((one) => one.id === id);
      expect(result?.advice).toBe(checks.find((one) => one.id === id)?.advice);
    },
  );
});

test(
  "names an extension that does not start on Managed Instances after 10 seconds, not after init's 130",
  { timeout: 60_000 },
  async () => {
    const layer = mkdtempSync(join(tmpdir(), "zoo-"));
    try {
      cpSync(join(zoo, "good/bash"), join(layer, "extensions"), { recursive: true });
      cpSync(join(zoo, "kit"), join(layer, "zoo"), { recursive: true });
      const program = join(layer, "extensions/good-bash");
      const hanging = "[[ $AWS_LAMBDA_INITIALIZATION_TYPE == lambda-managed-instances ]] && sleep 600\nregister\n";
      writeFileSync(program, readFileSync(program, "utf8").replace("register\n", hanging));
      const report = await checkConformance({ layer, only: ["managed-instances"] });
      expect(idsOf(report, "fail")).toEqual(["managed-instances"]);
    } finally {
      rmSync(layer, { recursive: true });
    }
  },
);

test("every animal belongs to a check", () => {
  expect(readdirSync(join(zoo, "wrong")).sort()).toEqual(checks.map(({ id }) => id).sort());
});

test("the documentation has every check of the registry with the same words, in the same order", () => {
  const text = readFileSync(join(import.meta.dirname, "../../../docs/conformance.md"), "utf8");
  const rows = [...text.matchAll(/^\| `([a-z-]+)` \| (.*?) \| (.*?) \|$/gm)].map(([, id, title, advice]) => ({
    id,
    title,
    advice,
  }));
  expect(rows).toEqual(checks.map(({ id, title, advice }) => ({ id, title, advice })));
});

test("each check needs only checks that come before it", () => {
  const ids = checks.map(({ id }) => id);
  for (const [index, { needs }] of checks.entries()) {
    expect(ids.slice(0, index)).toEqual(expect.arrayContaining([...needs]));
  }
});

test("shows only the checks of --only, and takes the checks that these need into account", async () => {
  const report = await check("wrong/execute-bit", { only: ["starts", "shebang"] });
  expect(report.results).toMatchObject([
    { id: "shebang", outcome: "pass" },
    { id: "starts", outcome: "not-applicable", detail: "needs execute-bit, which fails" },
  ]);
});

test("does not execute an extension that is built for another architecture", async () => {
  const architecture = process.arch === "x64" ? "arm64" : "x86_64";
  const report = await check("good/bash", { architecture, only: ["architecture", "starts"] });
  expect(report.results).toMatchObject([
    { id: "architecture", outcome: "pass" },
    { id: "starts", outcome: "not-applicable", detail: expect.stringContaining(`it is built for ${architecture}`) },
  ]);
});

test("shows what the extension wrote before it failed", async () => {
  const report = await check("wrong/telemetry-not-supported", { only: ["telemetry-not-supported"] });
  expect(report.results[0]?.lines).toContain("[insists-on-200] no telemetry");
});

test.each([
  [{ layer: "/nowhere" }, "layer /nowhere does not exist"],
  [{ layer: import.meta.filename }, "expected a folder or a .zip file"],
  [{ only: ["freezes"] }, 'there is no check freezes; did you mean "freeze"?'],
  [{ functionRuntime: "ruby3.3" }, "function runtime: expected nodejs*.x, python3.* or provided.*, got ruby3.3"],
  [{ architecture: "amd64" }, "architecture: expected x86_64 or arm64, got amd64"],
])("says what is wrong with %j", async (change, message) => {
  await expect(checkConformance({ layer: zoo, ...change })).rejects.toThrow(message);
});

test("can be interrupted in the middle of an environment", async () => {
  const interruption = new AbortController();
  const running = check("wrong/starts", {
    signal: interruption.signal,
    onProgress: (progress) => {
      if (progress.kind === "started" && progress.id === "starts") setImmediate(() => interruption.abort());
    },
    only: ["starts"],
  });
  await expect(running).rejects.toThrow("aborted");
});
