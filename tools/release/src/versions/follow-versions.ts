import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Documents that users copy ranges from. Changesets itself brings the examples' package.json up to date. */
const followers = ["README.md", "docs/*.md", "{packages,tools,examples}/*/README.md"];

/**
 * Brings the ranges of our packages in documents up to the versions of the workspace. Returns the files that changed,
 * relative to `root`.
 */
export function followVersions(root: string): readonly string[] {
  const versions = new Map(
    globSync("{packages,tools}/*/package.json", { cwd: root })
      .map(
        (path) =>
          JSON.parse(readFileSync(join(root, path), "utf8")) as { name: string; version: string; private?: boolean },
      )
      .filter((manifest) => manifest.private !== true)
      .map(({ name, version }) => [name, version] as const),
  );
  return globSync(followers, { cwd: root })
    .sort()
    .filter((path) => {
      const file = join(root, path);
      const text = readFileSync(file, "utf8");
      const followed = followText(text, versions);
      if (followed !== text) writeFileSync(file, followed);
      return followed !== text;
    });
}

/** Replaces `"package": "^x.y.z"` for every package of `versions`; everything else keeps its bytes. */
export function followText(text: string, versions: ReadonlyMap<string, string>): string {
  return text.replaceAll(/"(?<name>@?[\w./-]+)": "\^\d+\.\d+\.\d+[\w.+-]*"/g, (range, name: string) => {
    const version = versions.get(name);
    return version === undefined ? range : `"${name}": "^${version}"`;
  });
}
