import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Documents that users copy commands and ranges from. The examples' package.json follows by changesets itself. */
export const followers = [
  "README.md",
  "docs/*.md",
  "{packages,tools,examples}/*/README.md",
  "tools/build-layer/template/README.md",
];

/** The paragraph of every page with a command that needs npm to have our packages. The first release removes it. */
export const notOnNpm =
  "Not on npm yet: [use a clone](https://github.com/lambda-extension/lambda-extension/blob/main/CONTRIBUTING.md#your-clones-packages-in-a-project).\n\n";

/** The version before the first release: no package has it on npm. */
export const unreleased = "0.0.0";

/**
 * Brings the ranges of our packages in documents up to the versions of the workspace, and removes `notOnNpm` once there
 * are any. Returns the files that changed, relative to `root`.
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

/** Replaces `"package": "^x.y.z"` for every package of `versions`, and `notOnNpm`; everything else keeps its bytes. */
export function followText(text: string, versions: ReadonlyMap<string, string>): string {
  const isReleased = [...versions.values()].some((version) => version !== unreleased);
  return (isReleased ? text.replaceAll(notOnNpm, "") : text).replaceAll(
    /"(?<name>@?[\w./-]+)": "\^\d+\.\d+\.\d+[\w.+-]*"/g,
    (range, name: string) => {
      const version = versions.get(name);
      return version === undefined ? range : `"${name}": "^${version}"`;
    },
  );
}
