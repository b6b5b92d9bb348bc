import { resolve } from "node:path";
import { EmulatorError } from "../problems/emulator-error.ts";
import { readBuildStep } from "./build-step.ts";
import type { BuildStep } from "./build-step.ts";
import { layerArn } from "./resolve-reference.ts";
import { isDeployed, resolveValue } from "./resolve-value.ts";
import type { Scope } from "./scope.ts";
import { isValueList, own } from "./value.ts";
import type { Value } from "./value.ts";

/** A layer of a function. Paths are absolute. */
export type LayerReference =
  /** Defined in the template; `build` is what `sam build` would still do. */
  | {
      readonly kind: "template";
      readonly logicalId: string;
      readonly path: string;
      readonly build: BuildStep | undefined;
    }
  /** Published on AWS. */
  | { readonly kind: "arn"; readonly arn: string };

/** What Lambda allows. Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const maxLayers = 5;

/**
 * Resolves the `Layers` of a function, in their order: references to layers of the template, or ARNs.
 * Errors: `EmulatorError` for a layer that does not exist or whose content is not on this machine.
 */
export function resolveLayers(layers: Value, scope: Scope, folder: string): readonly LayerReference[] {
  const resolved = resolveValue(layers, scope);
  if (!isValueList(resolved)) throw new EmulatorError("expected a list of layers");
  if (resolved.length > maxLayers) {
    throw new EmulatorError(`${resolved.length} layers; Lambda takes at most ${maxLayers}`);
  }
  const ownLayers = listLayers(scope);
  return resolved.map((value): LayerReference => {
    if (typeof value !== "string") throw new EmulatorError(`expected !Ref or an ARN, found ${JSON.stringify(value)}`);
    const defined = ownLayers.find((layer) => layerArn(layer.logicalId, scope) === value);
    if (defined !== undefined) return toReference(defined, scope, folder);
    if (/^arn:[\w-]+:lambda:/.test(value)) return { kind: "arn", arn: value };
    const known = ownLayers.map((layer) => layer.logicalId).join(", ") || "none";
    throw new EmulatorError(`${value} is neither an ARN nor a layer of the template (layers: ${known})`);
  });
}

interface TemplateLayer {
  readonly logicalId: string;
  readonly resource: Value;
  readonly contentKey: "ContentUri" | "Content";
}

function listLayers(scope: Scope): readonly TemplateLayer[] {
  return Object.entries(scope.template.resources).flatMap(([logicalId, resource]): readonly TemplateLayer[] => {
    const type = own(resource, "Type");
    if (type === "AWS::Serverless::LayerVersion") return [{ logicalId, resource, contentKey: "ContentUri" }];
    return type === "AWS::Lambda::LayerVersion" ? [{ logicalId, resource, contentKey: "Content" }] : [];
  });
}

function toReference(layer: TemplateLayer, scope: Scope, folder: string): LayerReference {
  const { logicalId, resource, contentKey } = layer;
  if (!isDeployed(resource, scope)) {
    throw new EmulatorError(`layer ${logicalId} is not deployed: its condition does not hold`);
  }
  const written = own(own(resource, "Properties"), contentKey);
  const content = written === undefined ? undefined : resolveValue(written, scope);
  if (content === undefined || content === null) {
    throw new EmulatorError(`layer ${logicalId}: ${contentKey} is missing`);
  }
  if (typeof content !== "string" || content.startsWith("s3://")) {
    throw new EmulatorError(`layer ${logicalId} is in S3: download it and give --layer-mapping ${logicalId}=FOLDER`);
  }
  const build = readBuildStep(own(resource, "Metadata"), folder);
  return { kind: "template", logicalId, path: resolve(folder, content), build };
}
