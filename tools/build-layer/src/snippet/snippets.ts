import { existsSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { holdsMachineCode } from "../beside/external-packages.ts";
import type { Project } from "../config/project.ts";
import { planLayers } from "../layer/plan-layers.ts";
import { upwards } from "../paths.ts";
import { compatibleRuntimes } from "./compatible-runtimes.ts";

/** What there are snippets for. */
export const snippetKinds = ["sam", "cdk", "container"] as const;
export type SnippetKind = (typeof snippetKinds)[number];

/** What to paste to use a project's layer. Returns YAML, TypeScript or a Dockerfile, each with a comment on top. */
export function toSnippet(kind: SnippetKind, project: Project): string {
  const writers = { sam: toSam, cdk: toCdk, container: toContainer };
  return `${writers[kind](project).join("\n")}\n`;
}

function toSam(project: Project): readonly string[] {
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
  return lines;
}

function toCdk(project: Project): readonly string[] {
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
  return lines;
}

function toContainer(project: Project): readonly string[] {
  const { name, environment } = project.settings;
  const [layer] = layerResources(project);
  return [
    "# Container image: Lambda takes no layers for images, so the layer's files go into the image.",
    "# Once, in a Dockerfile of their own, built as an image that you tag or push:",
    "FROM scratch",
    `COPY ${JSON.stringify([`${layer?.path}/`, "/opt/"])}`,
    "",
    "# In your function's Dockerfile:",
    `COPY --from=${name.toLowerCase()}:latest /opt/ /opt/`,
    ...Object.entries(environment).map(([key, value]) => `ENV ${key}=${JSON.stringify(value)}`),
  ];
}

/**
 * The layers of a project as a template names them. Paths have forward slashes. They are relative to the nearest
 * template above the project, or, if there is no template, to the folder above the project.
 */
function layerResources(project: Project) {
  const { folder, settings } = project;
  const isTemplateThere = (above: string): boolean =>
    existsSync(join(above, "template.yaml")) || existsSync(join(above, "template.yml"));
  const templateFolder = upwards(folder).find(isTemplateThere) ?? dirname(folder);
  return planLayers(settings, holdsMachineCode(project)).map(({ architecture, folderName }, index) => ({
    logicalId: `${toPascalCase(settings.name)}Layer${index === 0 ? "" : toPascalCase(architecture ?? "")}`,
    path: posix.join(relative(templateFolder, folder).split(sep).join("/"), "dist", folderName),
    architectures: architecture === undefined ? settings.architectures : [architecture],
  }));
}

/** CloudFormation's logical ids are letters and digits. */
function toPascalCase(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
}
