import { describe, expect, test } from "vitest";
import { baseProperties, resolveText, toTemplate, withFunction } from "../../test/template-text.ts";
import { resolveFunction } from "./resolve-function.ts";

const variable = (value: string, more = "", parameters = {}): string | undefined =>
  resolveText(withFunction(`${baseProperties}, Environment: { Variables: { V: ${value} } }`, more), { parameters }).spec
    .environment?.["V"];

describe("resolveFunction", () => {
  test("resolves a whole function with globals, parameters and a layer", () => {
    const template = `
      Parameters:
        Level: { Type: String, Default: info }
        Seconds: { Type: Number, Default: 20 }
      Globals:
        Function:
          Runtime: nodejs22.x
          MemorySize: 512
          Layers: [arn:aws:lambda:us-east-1:1:layer:shared:2]
          Architectures: [x86_64]
          Environment: { Variables: { LEVEL: !Ref Level, REGION: !Ref AWS::Region } }
      Resources:
        Hello:
          Type: AWS::Serverless::Function
          Properties:
            FunctionName: !Sub "\${AWS::StackName}-hello"
            CodeUri: src/
            Handler: index.handler
            Timeout: !Ref Seconds
            Architectures: [arm64]
            LoggingConfig: { LogFormat: JSON }
            Environment: { Variables: { LEVEL: debug, ON: true } }
            Layers: [!Ref Extension, !If [Never, !Ref Extension, !Ref AWS::NoValue]]
        Extension:
          Type: AWS::Serverless::LayerVersion
          Metadata: { BuildMethod: makefile }
          Properties: { ContentUri: layer/ }
      Conditions:
        Never: !Equals [a, b]`;
    expect(resolveText(template)).toEqual({
      logicalId: "Hello",
      spec: {
        name: "local-hello",
        runtime: "nodejs22.x",
        handler: "index.handler",
        codePath: "/project/src",
        timeoutSeconds: 20,
        memorySizeMb: 512,
        environment: { LEVEL: "debug", REGION: "eu-central-1", ON: "true" },
      },
      layers: [
        { kind: "arn", arn: "arn:aws:lambda:us-east-1:1:layer:shared:2" },
        {
          kind: "template",
          logicalId: "Extension",
          path: "/project/layer",
          build: { method: "makefile", workingFolder: undefined },
        },
      ],
      build: undefined,
      architecture: "arm64",
      options: { logFormat: "JSON" },
      warnings: [],
    });
  });

  test("takes the output of sam build as built, though it still has BuildMethod", () => {
    const layer = "Metadata: { BuildMethod: makefile, SamResourceId: L }, Properties: { ContentUri: L }";
    const template = withFunction(
      `${baseProperties}, Layers: [!Ref L]`,
      `  L: { Type: AWS::Serverless::LayerVersion, ${layer} }\n`,
    );
    expect(resolveText(template).layers).toMatchObject([{ path: "/project/L", build: undefined }]);
  });

  test("takes any runtime with a bootstrap", () => {
    const scope = {
      template: toTemplate(withFunction("Runtime: java21, Handler: x")),
      parameters: {},
      region: "us-east-1",
    };
    const { spec } = resolveFunction(scope, { folder: "/", bootstrap: ["java", "Main"] });
    expect(spec).toMatchObject({ runtime: "java21", bootstrap: ["java", "Main"] });
  });

  test("tells the folder in which make runs", () => {
    const layer = "Metadata: { BuildMethod: makefile, WorkingDirectory: ./tools }, Properties: { ContentUri: layer }";
    const template = withFunction(
      `${baseProperties}, Layers: [!Ref L]`,
      `  L: { Type: AWS::Serverless::LayerVersion, ${layer} }\n`,
    );
    expect(resolveText(template).layers).toMatchObject([{ build: { workingFolder: "/project/tools" } }]);
  });

  test("reads plain CloudFormation: Code and Content", () => {
    const layer = "  L: { Type: AWS::Lambda::LayerVersion, Properties: { Content: l } }\n";
    const properties = "Runtime: provided.al2023, Handler: x, Code: bin, Layers: [!Ref L]";
    expect(resolveText(withFunction(properties, layer, "AWS::Lambda::Function"))).toMatchObject({
      spec: { codePath: "/project/bin", runtime: "provided.al2023" },
      layers: [{ path: "/project/l" }],
    });
  });

  test("runs a function with a capacity provider as a managed instance", () => {
    const template = withFunction(`${baseProperties}, CapacityProviderConfig: { Arn: x }`);
    expect(resolveText(template).options).toEqual({ initializationType: "lambda-managed-instances" });
  });

  test.each([
    ["Hello", "Hello"],
    ["arn:aws:lambda:us-east-1:123456789012:function:Hello:live", "Hello"],
    ["123456789012:function:Hello", "Hello"],
    ["Hello:live", "Hello"],
    ["second-name", "Second"],
  ])("finds a function by %s", (name, logicalId) => {
    const second = `  Second: { Type: AWS::Serverless::Function, Properties: { ${baseProperties}, FunctionName: second-name } }\n`;
    expect(resolveText(withFunction(baseProperties, second), { name }).logicalId).toBe(logicalId);
  });
});

describe("the value of a variable", () => {
  const resources = `  Table: { Type: AWS::DynamoDB::Table }
  Bucket: { Type: AWS::S3::Bucket, Properties: { BucketName: photos } }
  Topic: { Type: AWS::SNS::Topic }
  Role: { Type: AWS::IAM::Role }
Parameters:
  Stage: { Type: String, Default: dev }
  Names: { Type: CommaDelimitedList, Default: "a, b" }
Mappings:
  Sizes: { dev: { size: small }, prod: { size: large } }
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsDev: !Not [!Condition IsProd]
  Both: !And [!Condition IsProd, !Condition IsDev]
  Either: !Or [!Condition IsProd, !Condition IsDev]
`;
  test.each([
    ["!Ref Stage", "dev"],
    ["!Ref AWS::AccountId", "123456789012"],
    ["!Ref AWS::StackName", "local"],
    ["!Ref Table", "Table"],
    ["!Ref Bucket", "photos"],
    ["!Ref Topic", "arn:aws:sns:eu-central-1:123456789012:Topic"],
    ["!GetAtt Hello.Arn", "arn:aws:lambda:eu-central-1:123456789012:function:Hello"],
    ["!GetAtt Bucket.Arn", "arn:aws:s3:::photos"],
    ["!GetAtt Table.Arn", "arn:aws:dynamodb:eu-central-1:123456789012:table/Table"],
    ["!GetAtt Role.Arn", "arn:aws:iam::123456789012:role/Role"],
    ["!GetAtt Topic.TopicName", "Topic"],
    ['!Sub "${Stage}/${Bucket.Arn}/${AWS::Region}/${!Kept}"', "dev/arn:aws:s3:::photos/eu-central-1/${Kept}"],
    ['!Sub ["${a}-${Stage}", { a: !Ref Table }]', "Table-dev"],
    ["!FindInMap [Sizes, !Ref Stage, size]", "small"],
    ["!If [IsProd, p, d]", "d"],
    ["!If [IsDev, p, d]", "p"],
    ["!If [Both, p, d]", "d"],
    ["!If [Either, p, d]", "p"],
    ['!Join [".", [a, !Ref Stage]]', "a.dev"],
    ["!Select [1, !Ref Names]", "b"],
    ['!Select ["0", !Split ["/", "x/y"]]', "x"],
    ["!Base64 hi", "aGk="],
    ["!Length [a, b]", "2"],
    ["!ToJsonString { a: !Ref Stage }", '{"a":"dev"}'],
    ["!FindInMap [Sizes, nowhere, size, { DefaultValue: !Ref Stage }]", "dev"],
    ["no", "false"],
    ["5", "5"],
    ["~", ""],
  ])("%s is %j", (written, expected) => {
    expect(variable(written, resources)).toBe(expected);
  });

  test("follows an override of a parameter through conditions and mappings", () => {
    expect(variable("!FindInMap [Sizes, !Ref Stage, size]", resources, { Stage: "prod" })).toBe("large");
    expect(variable("!If [IsProd, p, d]", resources, { Stage: "prod" })).toBe("p");
  });

  test("may be chosen by a condition on all variables", () => {
    const environment = "Environment: { Variables: !If [IsProd, { V: prod }, { V: !Ref Stage, W: only here }] }";
    const resolved = resolveText(withFunction(`${baseProperties}, ${environment}`, resources));
    expect(resolved.spec.environment).toEqual({ V: "dev", W: "only here" });
  });

  test("is absent if it is AWS::NoValue", () => {
    expect(variable("!Ref AWS::NoValue", resources)).toBeUndefined();
  });

  test.each([
    ["!GetAtt Table.StreamArn", "!GetAtt Table.StreamArn: its value is known only to a deployed stack"],
    ["!ImportValue other", "!ImportValue: its value is known only to a deployed stack"],
    ["!Ref Sttage", '!Ref Sttage: the template has no such parameter or resource; did you mean "Stage"?'],
    ["[a, b]", "expected text, found a list or a map"],
    ["!Select [9, !Ref Names]", "!Select 9: the list has no such item"],
  ])("%s is empty, and a warning says why", (written, why) => {
    const template = withFunction(`${baseProperties}, Environment: { Variables: { V: ${written} } }`, resources);
    const resolved = resolveText(template);
    expect(resolved.spec.environment).toEqual({ V: "" });
    expect(resolved.warnings).toEqual([`Hello: variable V is empty (${why}); give it with --env-vars`]);
  });
});
