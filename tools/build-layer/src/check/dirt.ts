import { posix } from "node:path";

/** What other programs leave in folders, by the pattern of the name. */
const kinds: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  { pattern: /^(\.DS_Store|\._.*|__MACOSX|\.Spotlight-V100|\.Trashes|\.fseventsd)$/, what: "of macOS" },
  { pattern: /^(Thumbs\.db|ehthumbs\.db|desktop\.ini)$/i, what: "of Windows" },
  { pattern: /^(\.directory|\.nfs[0-9a-f]+|\.fuse_hidden.*)$/, what: "of Linux" },
  { pattern: /^(.*~|#.*#|\.#.*|\..*\.sw[a-z]|.*\.(bak|orig|rej|tmp))$/, what: "of an editor" },
];

/** Tells which program left a file or its folder, from its path in the layer; undefined for a file of the user's. */
export function dirtOf(path: string): string | undefined {
  const names = path.split("/");
  return kinds.find(({ pattern }) => names.some((name) => pattern.test(name)))?.what;
}

/** Lambda executes it: init fails. */
export function explainDirtInExtensions(path: string, what: string): string {
  return (
    `${path}: expected no file ${what} here, because Lambda executes every file of extensions/, got one: ` +
    `delete it, and pack without it (zip -x '*${posix.basename(path).replace(/^\._.*/, "/._*")}')`
  );
}

/** One line about all that lies elsewhere in a layer, where it does no harm; undefined without any. */
export function describeDirt(paths: readonly string[]): string | undefined {
  const [first, ...others] = paths;
  if (first === undefined) return undefined;
  if (others.length === 0) return `${first}, a file that no function needs: delete it before packing`;
  return `${first} and ${others.length} more, files that no function needs: delete them before packing`;
}
