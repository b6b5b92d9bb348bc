import { expect, test } from "vitest";
import { readCommandLine } from "./command-line.ts";
import { parseConformance, parseDev, parseInvoke, parseStartLambda } from "./parse-command.ts";
import { verbs } from "./verbs.ts";

const read = (verb: string, words: readonly string[]) => readCommandLine(words, verbs[verb]?.options ?? []);
const parsers = {
  invoke: (words: readonly string[]) => parseInvoke(read("invoke", words)),
  "start-lambda": (words: readonly string[]) => parseStartLambda(read("start-lambda", words)),
  dev: (words: readonly string[]) => parseDev(read("dev", words)),
  conformance: (words: readonly string[]) => parseConformance(read("conformance", words)),
};

const project = {
  templateFile: undefined,
  parameters: {},
  envVarsFile: undefined,
  layerMappings: {},
  bootstrap: undefined,
  timeoutSeconds: undefined,
  region: undefined,
  freeze: false,
  cpuShare: false,
};

test.each([
  [
    "invoke",
    [],
    { event: { kind: "empty" }, count: 1, idleMs: 0, reportFile: undefined, isJson: false, isVerbose: false, project },
  ],
  [
    "invoke",
    ["Hello", "-e", "e.json", "--count", "2", "--idle", "90s", "--json", "-v"],
    { functionName: "Hello", event: { kind: "file", file: "e.json" }, count: 2, idleMs: 90_000, isJson: true },
  ],
  ["invoke", ["--no-event"], { event: { kind: "empty" } }],
  ["start-lambda", [], { port: 3001, address: "127.0.0.1", maxEnvironments: 10, isVerbose: false, project }],
  [
    "start-lambda",
    ["-p", "0", "--host", "::1", "--max-environments", "1"],
    { port: 0, address: "::1", maxEnvironments: 1 },
  ],
  ["dev", ["--event", "-"], { functionName: undefined, event: { kind: "standard-input" }, project }],
  [
    "dev",
    ["-t", "t.yaml", "--timeout", "1.5", "--bootstrap", "'my run' app", "--freeze", "--cpu-share", "--region", "eu"],
    {
      project: {
        ...project,
        templateFile: "t.yaml",
        timeoutSeconds: 1.5,
        bootstrap: ["my run", "app"],
        freeze: true,
        cpuShare: true,
        region: "eu",
      },
    },
  ],
  [
    "conformance",
    ["layer", "--only", "a, b", "--only", "c,", "--env", "A=1", "B=x=y"],
    { layer: "layer", only: ["a", "b", "c"], environment: { A: "1", B: "x=y" }, functionRuntime: undefined },
  ],
] as const)("%s %j becomes values", (verb, words, expected) => {
  expect(parsers[verb](words)).toMatchObject(expected);
});

test.each([
  ["start-lambda", ["--port", "70000"], "--port: expected a whole number from 0 to 65535, got 70000"],
  ["start-lambda", ["A"], "unexpected argument A: start-lambda serves every function"],
  ["invoke", ["-e", "e.json", "--no-event"], "give --event or --no-event, not both"],
  ["conformance", [], "which layer?"],
  ["conformance", ["layer", "--env", "1A=x"], "--env: expected NAME=VALUE, got 1A=x"],
] as const)("%s %j is refused", (verb, words, message) => {
  expect(() => parsers[verb](words)).toThrow(message);
});
