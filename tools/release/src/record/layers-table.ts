import type { LayerRecord } from "./layer-record.ts";

/** The table for release notes, in Markdown: one row for each ARN, sorted by layer, then region. */
export function toLayersTable(records: readonly LayerRecord[]): string {
  const rows = records
    .toSorted((a, b) => compare(a.name, b.name) || compare(a.region, b.region))
    .map(
      ({ name, package: source, packageVersion, architectures, region, arn }) =>
        `| ${[`\`${name}\``, `${source}@${packageVersion}`, architectures.join(", "), region, `\`${arn}\``].join(" | ")} |`,
    );
  return ["| layer | made from | architecture | region | ARN |", "|---|---|---|---|---|", ...rows, ""].join("\n");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
