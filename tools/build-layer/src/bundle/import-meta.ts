/**
 * Names without a declaration: esbuild does not shorten them. The name `__dirname` itself does not work: a program may
 * have `const __dirname = import.meta.dirname`, which would then read itself.
 */
const values = {
  url: { name: "__build_layer_url", value: 'require("node:url").pathToFileURL(__filename).href' },
  dirname: { name: "__build_layer_dirname", value: "__dirname" },
  filename: { name: "__build_layer_filename", value: "__filename" },
};

/** esbuild's `define`: names in place of `import.meta.url`, `dirname` and `filename`, in every module. */
export const importMetaNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(values).map(([key, { name }]) => [`import.meta.${key}`, name]),
);

/**
 * Returns the line that gives the names in a bundle the values of the bundle; undefined for a bundle that uses none of
 * them. esbuild's `inject` would add a call to every CommonJS module. The `require` is quick: Node has loaded node:url.
 */
export function importMetaLine(bundle: string): string | undefined {
  const used = Object.values(values).filter(({ name }) => bundle.includes(name));
  if (used.length === 0) return undefined;
  // A directive counts only if nothing is before it.
  const directive = /^(#!.*\n)?"use strict";/.test(bundle) ? '"use strict";' : "";
  return `${directive}const ${used.map(({ name, value }) => `${name}=${value}`).join()};`;
}
