import { readFile } from "node:fs/promises";
import { Lambda, ResourceConflictException, ResourceNotFoundException } from "@aws-sdk/client-lambda";
import type { Architecture, GetLayerVersionResponse, ListLayerVersionsResponse, Runtime } from "@aws-sdk/client-lambda";
import { S3 } from "@aws-sdk/client-s3";
import type { PublishOptions } from "../options/parse-options.ts";
import type { LayerVersion, RegionLayers } from "./publish-region.ts";

/** Whose layers, and where. */
export interface AwsAccess extends Pick<PublishOptions, "profile" | "bucket"> {
  readonly region: string;
  /** True if AWS_ENDPOINT_URL names a stand-in for AWS: such a server seldom has a host name for each bucket. */
  readonly hasOwnEndpoint: boolean;
}

/** The layers of a region of AWS, or of the server that AWS_ENDPOINT_URL names. Sends nothing before the first call. */
export function createAwsRegionLayers({ region, profile, bucket, hasOwnEndpoint }: AwsAccess): RegionLayers {
  const settings = {
    region,
    ...(profile === undefined ? {} : { profile }),
    // A region that swallows packets must not hold the others up; an upload of 60 MB may take its time.
    requestHandler: { connectionTimeout: 10_000, requestTimeout: 600_000 },
  };
  const lambda = new Lambda(settings);

  /** Returns where in the bucket the zip is now. */
  async function upload(Key: string, Body: Buffer, Bucket: string) {
    await new S3({ ...settings, forcePathStyle: hasOwnEndpoint }).putObject({ Bucket, Key, Body });
    return { S3Bucket: Bucket, S3Key: Key };
  }

  return {
    async findLatest(LayerName) {
      const { LayerVersions: [latest] = [] } = await lambda
        .listLayerVersions({ LayerName, MaxItems: 1 })
        .catch(whereNotFound);
      if (latest?.Version === undefined) return undefined;
      return toVersion(await lambda.getLayerVersion({ LayerName, VersionNumber: latest.Version }));
    },
    async publish({ name, description, license, architectures, runtimes, zip }) {
      const ZipFile = await readFile(zip.path);
      const key = `${name}/${zip.sha256}.zip`;
      const version = await lambda.publishLayerVersion({
        LayerName: name,
        Description: description,
        LicenseInfo: license,
        CompatibleArchitectures: architectures as Architecture[],
        // The SDK lists the runtimes of its day; Lambda knows more.
        CompatibleRuntimes: runtimes as Runtime[],
        Content: bucket === undefined ? { ZipFile } : await upload(key, ZipFile, bucket.replaceAll("{region}", region)),
      });
      return toVersion(version);
    },
    async makePublic(LayerName, VersionNumber) {
      const statement = { StatementId: "public", Action: "lambda:GetLayerVersion", Principal: "*" };
      try {
        await lambda.addLayerVersionPermission({ LayerName, VersionNumber, ...statement });
      } catch (error) {
        if (!(error instanceof ResourceConflictException)) throw error;
      }
    },
  };
}

function whereNotFound(error: unknown): ListLayerVersionsResponse {
  if (error instanceof ResourceNotFoundException) return {};
  throw error;
}

function toVersion({ LayerVersionArn, Version, Description, Content }: GetLayerVersionResponse): LayerVersion {
  if (LayerVersionArn === undefined || Version === undefined || Content?.CodeSha256 === undefined) {
    throw new Error("Lambda's answer has no LayerVersionArn, Version or CodeSha256");
  }
  const sha256 = Buffer.from(Content.CodeSha256, "base64").toString("hex");
  return { arn: LayerVersionArn, version: Version, description: Description ?? "", sha256 };
}
