import { afterEach, expect, test } from "vitest";
import { parse } from "yaml";
import { makeProject } from "../../test/project-folder.ts";
import type { ProjectFolder } from "../../test/project-folder.ts";
import { readProject } from "../config/project.ts";
import type { Project } from "../config/project.ts";
import { compatibleRuntimes } from "./compatible-runtimes.ts";
import { toSnippet } from "./snippets.ts";

const opened: ProjectFolder[] = [];
afterEach(() => {
  for (const project of opened.splice(0)) project.remove();
});

const settings = {
  name: "my.logger",
  entry: "src/main.ts",
  environment: { LOGGER_LEVEL: "info", LOGGER_URL: "" },
  policies: [{ Action: ["firehose:PutRecordBatch"], Resource: "*" }],
};

function project(changes: object = {}): Project {
  const made = makeProject({ ...settings, ...changes });
  opened.push(made);
  return readProject(made.folder);
}

test("sam: a layer and what the function gets, as YAML", () => {
  const template: unknown = parse(toSnippet("sam", project()), { logLevel: "error" });
  expect(template).toEqual({
    Resources: {
      MyLoggerLayer: {
        Type: "AWS::Serverless::LayerVersion",
        Properties: {
          LayerName: "my.logger",
          ContentUri: "my extension/dist/layer",
          CompatibleRuntimes: ["nodejs20.x", "nodejs22.x", "nodejs24.x"],
          CompatibleArchitectures: ["x86_64", "arm64"],
          RetentionPolicy: "Delete",
        },
      },
      YourFunction: {
        Type: "AWS::Serverless::Function",
        Properties: {
          Layers: ["MyLoggerLayer"],
          Environment: { Variables: settings.environment },
          Policies: [{ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...settings.policies[0] }] }],
        },
      },
    },
  });
});

test("sam: a layer for each architecture when it carries an engine", () => {
  const text = toSnippet("sam", project({ engine: "carried", architectures: ["arm64", "x86_64"] }));
  expect(parse(text, { logLevel: "error" })).toMatchObject({
    Resources: {
      MyLoggerLayer: { Properties: { ContentUri: "my extension/dist/layer", CompatibleArchitectures: ["arm64"] } },
      MyLoggerLayerX8664: {
        Properties: { ContentUri: "my extension/dist/layer-x86_64", LayerName: "my.logger-x86_64" },
      },
    },
  });
  expect(text).toContain("        # - !Ref MyLoggerLayerX8664 # Architectures: [x86_64]");
});

test("paths are relative to the template that is nearest above", () => {
  const made = makeProject(settings);
  opened.push(made);
  made.put("template.yml", "");
  expect(toSnippet("sam", readProject(made.folder))).toContain('ContentUri: "dist/layer"');
});

test("cdk: the same in TypeScript", () => {
  const text = toSnippet("cdk", project({ engine: "auto" }));
  expect(text).toContain('code: lambda.Code.fromAsset("my extension/dist/layer"),');
  expect(text).toContain('new lambda.Runtime("python3.14")');
  expect(text).toContain("compatibleArchitectures: [lambda.Architecture.X86_64],");
  expect(text).toContain("yourFunction.addLayers(myLoggerLayer);");
  expect(text).toContain('yourFunction.addEnvironment("LOGGER_LEVEL", "info");');
  expect(text).toContain('fromJson({"Effect":"Allow","Action":["firehose:PutRecordBatch"],"Resource":"*"})');
});

test("container: copies the layer's files to /opt", () => {
  const text = toSnippet("container", project());
  expect(text).toContain('COPY ["my extension/dist/layer/","/opt/"]');
  expect(text).toContain("COPY --from=my.logger:latest /opt/ /opt/");
  expect(text).toContain('ENV LOGGER_LEVEL="info"');
});

test("names runtimes on Amazon Linux 2 for Bun alone, and no more than CompatibleRuntimes takes", () => {
  expect(compatibleRuntimes({ engine: "carried", runtime: "node" })).not.toContain("python3.11");
  expect(compatibleRuntimes({ engine: "auto", runtime: "bun" })).toContain("python3.11");
  expect(compatibleRuntimes({ engine: "auto", runtime: "bun" }).length).toBeLessThanOrEqual(15);
});
