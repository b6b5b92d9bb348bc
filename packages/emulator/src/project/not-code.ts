/** What tools keep beside code. */
const keptByTools = new Set([
  ".aws-sam",
  ".cache",
  ".git",
  ".idea",
  ".turbo",
  ".venv",
  ".vscode",
  "__pycache__",
  "node_modules",
]);

/** Whether a folder or file of this name is no code of the user's. */
export function isNoCode(name: string): boolean {
  return keptByTools.has(name);
}

/** Texts and tests lie beside sources and are in no layer. */
export function isNotBundled(name: string): boolean {
  return isNoCode(name) || name === "coverage" || /\.md$|\.(?:test|spec)\.[cm]?[jt]sx?$/.test(name);
}
