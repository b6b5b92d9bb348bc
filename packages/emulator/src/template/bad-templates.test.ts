import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { baseProperties, resolveText, withFunction } from "../../test/template-text.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import type { Template } from "./parse-template.ts";
import { resolveFunction } from "./resolve-function.ts";
import type { Value } from "./value.ts";

describe("bad templates", () => {
  const layerOf = (properties: string): string =>
    withFunction(
      `${baseProperties}, Layers: [!Ref L]`,
      `  L: { Type: AWS::Serverless::LayerVersion, ${properties} }\n`,
    );
  test.each([
    ["Resources: {}", "the template has no function: no resource of Type AWS::Serverless::Function"],
    [
      "Resources: { App: { Type: AWS::Serverless::Application } }",
      "the template has no function; nested stacks (App) are not read: run with -t on their own template",
    ],
    [
      "Resources: { 'Fn::ForEach::Loop': [] }",
      "the template has no function; resources that Fn::ForEach makes are not expanded here",
    ],
    [withFunction("Handler: a.b"), "Hello: Runtime: missing"],
    [
      withFunction(`${baseProperties}, Environment: !ImportValue x`),
      "Hello: Environment: !ImportValue: its value is known only to a deployed stack",
    ],
    [withFunction("Runtime: python3.12"), "Hello: Handler: missing"],
    [
      withFunction("Runtime: java21, Handler: x"),
      "Hello: Runtime: java21 is not run by this emulator; the emulator runs nodejs*.x, python3.* and provided.*",
    ],
    [
      withFunction("Runtime: pyton3.12, Handler: x"),
      "Hello: Runtime: pyton3.12 is no Lambda runtime; the emulator runs",
    ],
    [
      withFunction("PackageType: Image, ImageUri: x"),
      "Hello: PackageType: container images are not run by this emulator",
    ],
    [
      withFunction(`${baseProperties}, InlineCode: x`),
      "Hello: InlineCode: put the code into a file and its folder into CodeUri",
    ],
    [withFunction("Runtime: python3.12, Handler: x, CodeUri: s3://b/k"), "Hello: CodeUri: the code is in S3"],
    [
      withFunction(`${baseProperties}, Architectures: [sparc]`),
      'Hello: Architectures: expected [x86_64] or [arm64], got ["sparc"]',
    ],
    [
      withFunction(`${baseProperties}, Environment: { Variables: [A] }`),
      'Hello: Environment: Variables: expected a map of names and values, got ["A"]',
    ],
    [
      withFunction(`${baseProperties}, Timeout: soon`),
      'Hello: Timeout: expected a whole number from 1 to 900, got "soon"',
    ],
    [withFunction(`${baseProperties}, MemorySize: 64`), "Hello: MemorySize: expected a whole number from 128"],
    [
      withFunction(`${baseProperties}, Timeout: !Ref T`, "Parameters: { T: { Type: Number } }"),
      "Hello: Timeout: parameter T has no default: give it with --parameter-overrides T=…",
    ],
    [
      withFunction(
        `${baseProperties}, Runtime: !Ref T`.replace("Runtime: python3.12, ", ""),
        "Parameters: { T: { AllowedValues: [a, b], Default: c } }",
      ),
      "Hello: Runtime: parameter T: expected one of a, b, got c",
    ],
    [
      withFunction(`${baseProperties}, Layers: [!Ref Nowhere]`),
      "Hello: Layers: !Ref Nowhere: the template has no such parameter or resource",
    ],
    [
      withFunction(`${baseProperties}, Layers: [!Ref Hello]`),
      "Hello: Layers: Hello is neither an ARN nor a layer of the template (layers: none)",
    ],
    [withFunction(`${baseProperties}, Layers: [a, b, c, d, e, f]`), "Hello: Layers: 6 layers; Lambda takes at most 5"],
    [
      withFunction(`${baseProperties}, Layers: !If [A, [], []]`, "Conditions: { A: !Condition B, B: !Condition A }"),
      "Hello: Layers: condition A refers to itself",
    ],
    [
      withFunction(`${baseProperties}, Layers: !If [A, [], []]`, "Conditions: { A: !Equals [!If [A, 1, 2], 1] }"),
      "Hello: Layers: condition A refers to itself",
    ],
    [layerOf("Properties: {}"), "Hello: Layers: layer L: ContentUri is missing"],
    [
      layerOf("Properties: { ContentUri: s3://b/k }"),
      "layer L is in S3: download it and give --layer-mapping L=FOLDER",
    ],
    [
      `${layerOf("Condition: Never, Properties: { ContentUri: l }")}Conditions: { Never: !Equals [1, 2] }`,
      "layer L is not deployed: its condition does not hold",
    ],
  ])("%#: one line that names what is wrong", (template, message) => {
    expect(() => resolveText(template)).toThrow(EmulatorError);
    expect(() => resolveText(template)).toThrow(message);
  });

  test("lists the functions if the user names no function or a wrong one", () => {
    const two = withFunction(
      baseProperties,
      `  Other: { Type: AWS::Serverless::Function, Properties: { ${baseProperties} } }\n`,
    );
    expect(() => resolveText(two)).toThrow("the template has 2 functions: name one of Hello, Other");
    expect(() => resolveText(two, { name: "Helo" })).toThrow(
      'function Helo is not in the template, which has Hello, Other; did you mean "Hello"?',
    );
  });

  test("names every problem of a function, one a line", () => {
    const call = () => resolveText(withFunction("Runtime: ruby3.4, Timeout: 0"));
    expect(call).toThrow(/Runtime: ruby3.4.*\n.*Handler: missing; .*\n.*Timeout/);
  });

  test("any template at all gives a function or an EmulatorError", () => {
    const { value } = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<Value>(
          "A",
          "B",
          "x",
          "AWS::Region",
          "AWS::NoValue",
          "${A}${B.Arn}",
          "python3.12",
          "",
          0,
          5,
          true,
          null,
        ),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.tuple(fc.constantFrom(...calls), tie("value")).map(([name, argument]) => ({ [name]: argument })),
        fc.dictionary(fc.constantFrom("A", "Type", "Default", "__proto__", "toString"), tie("value"), { maxKeys: 3 }),
      ),
    }));
    const properties = fc.dictionary(fc.constantFrom(...propertyNames), value, { maxKeys: 6 });
    const resource = fc.record({
      Type: fc.constantFrom("AWS::Serverless::Function", "AWS::Serverless::LayerVersion", "AWS::S3::Bucket"),
      Properties: fc.oneof(properties, value),
      Metadata: value,
      Condition: value,
    });
    const section = fc.dictionary(fc.constantFrom("A", "B", "C"), value);
    const template = fc.record({
      parameters: section,
      mappings: section,
      conditions: section,
      globals: fc.record({ Function: fc.oneof(properties, value) }),
      resources: fc.dictionary(fc.constantFrom("A", "B", "C"), fc.oneof(resource, value), { minKeys: 1 }),
    });
    fc.assert(
      fc.property(template, (generated) => {
        const scope = { template: generated as Template, parameters: {}, region: "us-east-1" };
        let outcome: unknown;
        try {
          outcome = resolveFunction(scope, { name: "A", folder: "/" }).logicalId;
        } catch (error) {
          outcome = error;
        }
        expect(outcome instanceof EmulatorError ? "A" : outcome).toBe("A");
      }),
      { numRuns: 5_000 },
    );
  });
});

const calls = [
  "Ref",
  "Condition",
  ...["GetAtt", "Sub", "If", "And", "Or", "Not", "Equals", "Join", "Split", "Select", "FindInMap", "Base64", "X"].map(
    (name) => `Fn::${name}`,
  ),
];
const propertyNames = [
  "CodeUri",
  "Runtime",
  "Handler",
  "Layers",
  "Timeout",
  "MemorySize",
  "Environment",
  "Architectures",
  "FunctionName",
  "LoggingConfig",
  "ContentUri",
  "PackageType",
];
