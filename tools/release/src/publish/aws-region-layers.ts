import { readFile } from "node:fs/promises";
import {
  AddLayerVersionPermissionCommand,
  GetLayerVersionCommand,
  LambdaClient,
  ListLayerVersionsCommand,
  PublishLayerVersionCommand,
  ResourceConflictException,
  ResourceNotFoundException,
} from "@aws-sdk/client-lambda";
import type { Architecture, PublishLayerVersionCommandInput, Runtime } from "@aws-sdk/client-lambda";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { PublishedLayer } from "../layers/published-layers.ts";
import type { LayerVersion, RegionLayers } from "./region-layers.ts";

/** Whose layers, and where. */
export interface AwsAccess {
  readonly region: string;
  readonly profile: string | undefined;
  /** `{region}` in it stands for the region. */
  readonly bucket: string | undefined;
  /** True where an endpoint of one's own stands in for AWS: it seldom has a host name for each bucket. */
  readonly hasOwnEndpoint: boolean;
}

/** The layers of a region of AWS, or of what AWS_ENDPOINT_URL names. Nothing is sent before the first call. */
export function createAwsRegionLayers({ region, profile, bucket, hasOwnEndpoint }: AwsAccess): RegionLayers {
  const settings = {
    region,
    ...(profile === undefined ? {} : { profile }),
    // A region that swallows packets must not hold the others up; an upload of 60 MB may take its time.
    requestHandler: { connectionTimeout: 10_000, requestTimeout: 600_000 },
  };
  const lambda = new LambdaClient(settings);
  return {
    async findLatest(name) {
      const LayerName = name;
      const { LayerVersions: [latest] = [] } = await lambda
        .send(new ListLayerVersionsCommand({ LayerName, MaxItems: 1 }))
        .catch(whereNotFound);
      if (latest?.Version === undefined) return undefined;
      return toVersion(await lambda.send(new GetLayerVersionCommand({ LayerName, VersionNumber: latest.Version })));
    },
    async publish(layer) {
      const content = await readFile(layer.zip.path);
      if (bucket === undefined) {
        return toVersion(await lambda.send(new PublishLayerVersionCommand(toInput(layer, { ZipFile: content }))));
      }
      const place = { Bucket: bucket.replaceAll("{region}", region), Key: `${layer.name}/${layer.zip.sha256}.zip` };
      const s3 = new S3Client({ ...settings, forcePathStyle: hasOwnEndpoint });
      await s3.send(new PutObjectCommand({ ...place, Body: content }));
      return toVersion(
        await lambda.send(new PublishLayerVersionCommand(toInput(layer, { S3Bucket: place.Bucket, S3Key: place.Key }))),
      );
    },
    async makePublic(name, version) {
      const statement = { StatementId: "public", Action: "lambda:GetLayerVersion", Principal: "*" };
      try {
        await lambda.send(
          new AddLayerVersionPermissionCommand({ LayerName: name, VersionNumber: version, ...statement }),
        );
      } catch (error) {
        if (!(error instanceof ResourceConflictException)) throw error;
      }
    },
  };
}

function whereNotFound(error: unknown): { readonly LayerVersions?: readonly { readonly Version?: number }[] } {
  if (error instanceof ResourceNotFoundException) return {};
  throw error;
}

function toInput(
  layer: PublishedLayer,
  content: PublishLayerVersionCommandInput["Content"],
): PublishLayerVersionCommandInput {
  return {
    LayerName: layer.name,
    Description: layer.description,
    LicenseInfo: layer.license,
    CompatibleArchitectures: layer.architectures as Architecture[],
    // The SDK lists the runtimes of its day; Lambda knows more.
    CompatibleRuntimes: layer.runtimes as Runtime[],
    Content: content,
  };
}

interface VersionAnswer {
  readonly LayerVersionArn?: string | undefined;
  readonly Version?: number | undefined;
  readonly Description?: string | undefined;
  readonly Content?: { readonly CodeSha256?: string | undefined } | undefined;
}

function toVersion({ LayerVersionArn, Version, Description, Content }: VersionAnswer): LayerVersion {
  if (LayerVersionArn === undefined || Version === undefined || Content?.CodeSha256 === undefined) {
    throw new Error("Lambda's answer has no LayerVersionArn, Version or CodeSha256");
  }
  const sha256 = Buffer.from(Content.CodeSha256, "base64").toString("hex");
  return { arn: LayerVersionArn, version: Version, description: Description ?? "", sha256 };
}
