import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFakeHost } from "../../test/fake-host.ts";
import type { FakeHost } from "../../test/fake-host.ts";
import { answering, createFakeProject, runOn, templateText } from "../../test/fake-project.ts";
import type { FakeProject } from "../../test/fake-project.ts";

const mib = 1024 * 1024;

let project: FakeProject;
let folder: string;
beforeEach(async () => {
  project = await createFakeProject();
  folder = project.folder;
});
afterEach(() => project.close());

const run = (words: readonly string[], host: FakeHost = createFakeHost(folder)) => runOn(words, host);

describe("bad input", () => {
  const cases: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>, readonly string[]])[] =
    [
      ["no template", ["-t", "nowhere.yaml"], {}, ["template nowhere.yaml is not there", "-t"]],
      ["a template that is no YAML", [], { "template.yaml": "Resources:\n  a: b: c\n" }, ["template.yaml:2:6"]],
      [
        "a template without functions",
        [],
        { "template.yaml": "Resources: {}\n" },
        ["has no function: no resource of Type AWS::Serverless::Function"],
      ],
      ["an unknown function", ["HeloFunction"], {}, ["HeloFunction", 'did you mean "HelloFunction"?']],
      ["a missing event file", ["-e", "nope.json"], {}, ["event file nope.json is not there"]],
      [
        "an event that is not JSON",
        ["-e", "e.json"],
        { "e.json": '{\n  "a": tru\n}' },
        ["e.json is not JSON: Unexpected token '\\n'", '"a": tru'],
      ],
      ["an event over 6 MiB", ["-e", "e.json"], { "e.json": `"${"x".repeat(6 * mib)}"` }, ["6291458 bytes", "6 MiB"]],
      ["an unknown option", ["--evnt", "x"], {}, ["unknown option --evnt", 'did you mean "--event"?']],
      ["an option of sam local's containers", ["--skip-pull-image"], {}, ["--skip-pull-image", "leave it out"]],
      ["an option without its value", ["--event"], {}, ["--event needs a value"]],
      ["an option that takes none", ["--json=1"], {}, ["--json takes no value"]],
      ["two functions", ["A", "B"], {}, ["unexpected argument B"]],
      ["a wrong count", ["--count", "0"], {}, ["--count: expected a whole number from 1, got 0"]],
      [
        "an idle time without a unit",
        ["--count", "2", "--idle", "10"],
        {},
        ["--idle: expected a duration", "10m", "got 10"],
      ],
      ["an idle time for one invocation", ["--idle", "10m"], {}, ["--idle", "give --count"]],
      ["a wrong timeout", ["--timeout", "901"], {}, ["--timeout", "at most 900"]],
      [
        "code that is not there",
        [],
        { "template.yaml": templateText.replace("function/", "fn/") },
        ["CodeUri: ", "/fn is not there"],
      ],
      [
        "a layer that is not there",
        [],
        { "template.yaml": templateText.replace("layer/", "l/") },
        ["layer HelloLayer", "is not there"],
      ],
      [
        "make that fails",
        [],
        { "layer/Makefile": "build-HelloLayer:\n\techo oh no; exit 3\n" },
        ["make build-HelloLayer failed", "oh no"],
      ],
      [
        "a working directory that is not there",
        [],
        { "template.yaml": templateText.replace("makefile }", "makefile, WorkingDirectory: w }") },
        ["WorkingDirectory", "/w is not there"],
      ],
      [
        "make that writes nothing",
        [],
        { "layer/Makefile": "build-HelloLayer:\n\ttrue\n" },
        ["put nothing into ARTIFACTS_DIR"],
      ],
      ["a makefile without the target", [], { "layer/Makefile": "all:\n" }, ["build-HelloLayer", "No rule"]],
      [
        "another build method",
        [],
        { "template.yaml": templateText.replace("makefile", "python3.12") },
        ["BuildMethod python3.12 is run by sam build only", "-t .aws-sam/build/template.yaml"],
      ],
      [
        "a layer that is an extension's source without BuildMethod",
        [],
        {
          "template.yaml": templateText.replace("BuildMethod: makefile", ""),
          "layer/package.json": '{"lambdaExtension":{}}',
        },
        ["SAM ships it unbuilt", "BuildMethod: makefile"],
      ],
      [
        "a layer on AWS without a mapping",
        [],
        { "template.yaml": templateText.replace("!Ref HelloLayer", "arn:aws:lambda:us-east-1:1:layer:x:3") },
        ["arn:aws:lambda:us-east-1:1:layer:x:3", "--layer-mapping"],
      ],
      [
        "a report in a folder that does not exist",
        ["--report", "no/where.html"],
        {},
        ["--report", "no/where.html cannot be written: its folder", "/no is not there"],
      ],
      [
        "a report that is a folder",
        ["--report", "function"],
        {},
        ["--report", "/function cannot be written: it is a folder"],
      ],
      [
        "a mapping to nothing",
        ["--layer-mapping", "HelloLayer=gone"],
        {},
        ["--layer-mapping HelloLayer", "/gone is not there"],
      ],
      [
        "env-vars that are no text",
        ["-n", "v.json"],
        { "v.json": '{"HelloFunction":{"A":{"b":1}}}' },
        ["v.json", '{"FunctionName": {"VARIABLE": "value"}}'],
      ],
      [
        "env-vars of another form",
        ["-n", "v.json"],
        { "v.json": '{"A":"b"}' },
        ["v.json", '{"FunctionName": {"VARIABLE": "value"}}'],
      ],
    ];
  test.each(cases)("%s: one message, exit status 2, nothing started", async (_, words, files, expected) => {
    await project.write(files);
    const environments = answering("1");
    const host = await run(["invoke", ...words], createFakeHost(folder, { startEnvironment: environments.start }));
    expect(host.status).toBe(2);
    for (const text of expected) expect(host.written.stderr).toContain(text);
    expect(host.written.stderr.match(/error:/g)).toHaveLength(1);
    expect(host.written.stderr).not.toMatch(/\n\s+at /);
    expect(environments.started).toEqual([]);
  });

  test("a machine without make", async () => {
    const host = await run(["invoke"], createFakeHost(folder, { env: { PATH: folder } }));
    expect(host.written.stderr).toContain("HelloLayer: make is not on PATH: install it, or build with sam build");
  });

  test.each([
    ["a parameter the template does not have", "Stag=dev", 'no parameter Stag; did you mean "Stage"?'],
    ["a value that cannot be deployed", "Stage=test", "Stage=test cannot be deployed, AllowedValues are dev, 1"],
  ])("%s: a warning, and it runs", async (_, override, expected) => {
    await project.write({
      "template.yaml": `${templateText}\nParameters: { Stage: { Type: String, AllowedValues: [dev, 1] } }\n`,
    });
    const host = createFakeHost(folder, { startEnvironment: answering("1").start });
    await run(["invoke", "--parameter-overrides", override], host);
    expect(host.written.stderr).toContain("warning: --parameter-overrides: ");
    expect(host.written.stderr).toContain(expected);
  });

  test("an event file that is a folder", async () => {
    await mkdir(join(folder, "folder.json"));
    const host = await run(["invoke", "-e", "folder.json"]);
    expect(host.written.stderr).toContain("event file folder.json is a folder");
  });
});
