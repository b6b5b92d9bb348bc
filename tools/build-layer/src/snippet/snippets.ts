import type { Project } from "../config/project.ts";
import { compatibleRuntimes } from "./compatible-runtimes.ts";
import { layerResources } from "./layer-resources.ts";

/** What there are snippets for. */
export const snippetKinds = ["sam", "cdk", "container"] as const;
export type SnippetKind = (typeof snippetKinds)[number];

/** What to paste to use a project's layer. Shape: YAML, TypeScript or a Dockerfile, each with a comment on top. */
export function toSnippet(kind: SnippetKind, project: Project): string {
  return writers[kind](project);
}

const writers: Readonly<Record<SnippetKind, (project: Project) => string>> = {
  sam: toSam,
  cdk: toCdk,
  container: toContainer,
};

function toSam(project: Project): string {
  const { name, environment, policies } = project.settings;
  const resources = layerResources(project);
  const lines = ["# AWS SAM, template.yaml: the layer, and what your function gets.", "Resources:"];
  for (const { logicalId, path, architectures } of resources) {
    lines.push(
      `  ${logicalId}:`,
      "    Type: AWS::Serverless::LayerVersion",
      "    Properties:",
      `      LayerName: ${logicalId === resources[0]?.logicalId ? name : `${name}-${architectures.join("-")}`}`,
      `      ContentUri: ${JSON.stringify(path)}`,
      `      CompatibleRuntimes: [${compatibleRuntimes(project.settings).join(", ")}]`,
      `      CompatibleArchitectures: [${architectures.join(", ")}]`,
      "      RetentionPolicy: Delete",
    );
  }
  lines.push("  YourFunction:", "    Type: AWS::Serverless::Function", "    Properties:", "      Layers:");
  for (const [index, { logicalId, architectures }] of resources.entries()) {
    const note = resources.length === 1 ? "" : ` # Architectures: [${architectures.join(", ")}]`;
    lines.push(`        ${index === 0 ? "" : "# "}- !Ref ${logicalId}${note}`);
  }
  const variables = Object.entries(environment);
  if (variables.length > 0) lines.push("      Environment:", "        Variables:");
  for (const [key, value] of variables) lines.push(`          ${key}: ${JSON.stringify(value)}`);
  if (policies.length > 0) lines.push("      Policies:", '        - Version: "2012-10-17"', "          Statement:");
  for (const statement of policies) {
    const note = statement.Resource === "*" ? " # name your own resources" : "";
    lines.push(`            - ${JSON.stringify({ Effect: "Allow", ...statement })}${note}`);
  }
  return `${lines.join("\n")}\n`;
}

function toCdk(project: Project): string {
  const { environment, policies } = project.settings;
  const lines = [
    '// AWS CDK: import { aws_iam as iam, aws_lambda as lambda } from "aws-cdk-lib"; yourFunction is a lambda.Function.',
  ];
  const [first, ...others] = layerResources(project).map(({ logicalId, path, architectures }) => {
    const variable = logicalId.slice(0, 1).toLowerCase() + logicalId.slice(1);
    const runtimes = compatibleRuntimes(project.settings).map((runtime) => `new lambda.Runtime("${runtime}")`);
    lines.push(
      `const ${variable} = new lambda.LayerVersion(this, "${logicalId}", {`,
      `  code: lambda.Code.fromAsset(${JSON.stringify(path)}),`,
      `  compatibleRuntimes: [${runtimes.join(", ")}],`,
      `  compatibleArchitectures: [${architectures.map((one) => `lambda.Architecture.${one.toUpperCase()}`).join(", ")}],`,
      "});",
    );
    return variable;
  });
  lines.push(`yourFunction.addLayers(${first});${others.length === 0 ? "" : ` // or ${others.join(", ")}`}`);
  for (const [key, value] of Object.entries(environment)) {
    lines.push(`yourFunction.addEnvironment(${JSON.stringify(key)}, ${JSON.stringify(value)});`);
  }
  for (const statement of policies) {
    const json = JSON.stringify({ Effect: "Allow", ...statement });
    lines.push(`yourFunction.addToRolePolicy(iam.PolicyStatement.fromJson(${json}));`);
  }
  return `${lines.join("\n")}\n`;
}

function toContainer(project: Project): string {
  const { name, environment } = project.settings;
  const [layer] = layerResources(project);
  const lines = [
    "# Container image: Lambda takes no layers for images, so the layer's files go into the image.",
    "# Once, in a Dockerfile of their own, built as an image that you tag or push:",
    "FROM scratch",
    `COPY ${JSON.stringify([`${layer?.path}/`, "/opt/"])}`,
    "",
    "# In your function's Dockerfile:",
    `COPY --from=${name.toLowerCase()}:latest /opt/ /opt/`,
    ...Object.entries(environment).map(([key, value]) => `ENV ${key}=${JSON.stringify(value)}`),
  ];
  return `${lines.join("\n")}\n`;
}
