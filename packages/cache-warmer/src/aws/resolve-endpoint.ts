/** The services that are called, by their names in signatures and host names. */
export type AwsService = "ssm" | "secretsmanager";

/**
 * The regional endpoint of a service.
 * Source: https://docs.aws.amazon.com/general/latest/gr/ssm.html and .../asm.html
 */
export function resolveEndpoint(options: {
  readonly service: AwsService;
  readonly region: string;
  readonly useFips: boolean;
}): URL {
  const { service, region, useFips } = options;
  const host = useFips ? `${service}-fips` : service;
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return new URL(`https://${host}.${region}.${suffix}`);
}
