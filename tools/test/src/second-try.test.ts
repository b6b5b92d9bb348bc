import { describe, expect, test } from "vitest";
import { chooseSecondTry, joinTries } from "./second-try.ts";

const file = (name: string, tests: Record<string, "passed" | "failed" | "skipped">, message = "") => ({
  name: `/repo/a/${name}`,
  status: message !== "" || Object.values(tests).includes("failed") ? "failed" : "passed",
  message,
  assertionResults: Object.entries(tests).map(([fullName, status]) => ({
    fullName,
    status,
    failureMessages: status === "failed" ? [`Error: ${fullName} broke\n    at line 1`] : [],
  })),
});

const report = (
  files: readonly ReturnType<typeof file>[],
  success = files.every((each) => each.status === "passed"),
) => {
  const count = (status: string) =>
    files.flatMap((each) => each.assertionResults).filter((each) => each.status === status).length;
  const counts = {
    numPassedTests: count("passed"),
    numFailedTests: count("failed"),
    numPendingTests: count("skipped"),
    numTodoTests: 0,
  };
  return { ...counts, success, testResults: files };
};

describe("what is tried once more", () => {
  test("nothing where all passed", () => {
    expect(chooseSecondTry(report([file("a.test.ts", { one: "passed" })]), "/repo/a")).toBeUndefined();
  });

  test("the failed files, relative to their package", () => {
    const first = report([file("src/a.test.ts", { one: "failed" }), file("src/b.test.ts", { two: "passed" })]);
    expect(chooseSecondTry(first, "/repo/a")).toEqual(["src/a.test.ts"]);
  });

  test("a whole package that left no report, or an error outside its tests", () => {
    expect(chooseSecondTry(undefined, "/repo/a")).toEqual([]);
    expect(chooseSecondTry(report([file("a.test.ts", { one: "passed" })], false), "/repo/a")).toEqual([]);
  });

  test("nothing where more failed than a busy machine explains", () => {
    const first = report(Array.from({ length: 9 }, (_, index) => file(`${index}.test.ts`, { one: "failed" })));
    expect(chooseSecondTry(first, "/repo/a")).toBeUndefined();
  });
});

describe("two tries joined", () => {
  const good = file("good.test.ts", { fine: "passed", later: "skipped" });

  test("count each test once, by its last try, and name what passed only then", () => {
    const first = report([good, file("bad.test.ts", { slow: "failed", quick: "passed" })]);
    const { report: joined, flakes } = joinTries(
      "/repo/a",
      first,
      report([file("bad.test.ts", { slow: "passed", quick: "passed" })]),
    );
    expect(joined).toMatchObject({ numPassedTests: 3, numFailedTests: 0, numPendingTests: 1, success: true });
    expect(flakes).toEqual([{ file: "/repo/a/bad.test.ts", name: "slow", why: "Error: slow broke" }]);
  });

  test("keep a test that fails twice as failed, and one that fails the second time only", () => {
    const first = report([good, file("bad.test.ts", { slow: "failed", quick: "passed" })]);
    const { report: joined, flakes } = joinTries(
      "/repo/a",
      first,
      report([file("bad.test.ts", { slow: "failed", quick: "failed" })]),
    );
    expect(joined).toMatchObject({ numPassedTests: 1, numFailedTests: 2, success: false });
    expect(flakes).toEqual([]);
  });

  test("excuse nothing that the second try did not run", () => {
    const first = report([file("bad.test.ts", { slow: "failed" }), file("worse.test.ts", { other: "failed" })]);
    const { report: joined } = joinTries("/repo/a", first, report([file("bad.test.ts", { slow: "passed" })]));
    expect(joined).toMatchObject({ numPassedTests: 1, numFailedTests: 1, success: false });
  });

  test("keep an error outside the tests of the second try", () => {
    const first = report([file("bad.test.ts", { slow: "failed" })]);
    expect(joinTries("/repo/a", first, report([file("bad.test.ts", { slow: "passed" })], false)).report).toMatchObject({
      success: false,
    });
  });

  test("name a file whose hook failed", () => {
    const first = report([file("hook.test.ts", { one: "skipped" }, "Error: no port\n    at hook")]);
    const { report: joined, flakes } = joinTries("/repo/a", first, report([file("hook.test.ts", { one: "passed" })]));
    expect(joined).toMatchObject({ numPassedTests: 1, numFailedTests: 0, numPendingTests: 0, success: true });
    expect(flakes).toEqual([{ file: "/repo/a/hook.test.ts", name: "the whole file", why: "Error: no port" }]);
  });

  test("leave the first one where the second left no report", () => {
    const first = report([file("bad.test.ts", { slow: "failed" })]);
    expect(joinTries("/repo/a", first, undefined)).toEqual({ report: first, flakes: [] });
    expect(joinTries("/repo/a", undefined, undefined)).toEqual({ report: undefined, flakes: [] });
  });

  test("take the second one whole where the first blamed no file", () => {
    const second = report([good]);
    expect(joinTries("/repo/a", undefined, second).flakes).toEqual([
      { file: "/repo/a", name: "the whole package", why: "its tests did not run to their end" },
    ]);
    expect(joinTries("/repo/a", report([good], false), second)).toEqual({
      report: second,
      flakes: [{ file: "/repo/a", name: "the whole package", why: "an error outside a test" }],
    });
  });
});
