import type { Architecture } from "../config/extension-settings.ts";
import { isRecord } from "../config/rules.ts";

/** Node's names of the processors. */
const cpus: Readonly<Record<Architecture, string>> = { x86_64: "x64", arm64: "arm64" };

/** Whether npm would install a package on Lambda: Linux with glibc and a processor of `target`. */
export function fits(manifest: Readonly<Record<string, unknown>>, target: Architecture): boolean {
  return allows(manifest["os"], "linux") && allows(manifest["cpu"], cpus[target]) && allows(manifest["libc"], "glibc");
}

/** Whether a package says which system or processor it is for. */
export function isForPlatform(manifest: Readonly<Record<string, unknown>>): boolean {
  return ["os", "cpu", "libc"].some((key) => manifest[key] !== undefined);
}

/** Whether a package's name says that it is the build for Lambda: `@img/sharp-linux-arm64`, but no `linuxmusl`. */
export function isNameOf(name: string, target: Architecture): boolean {
  const words = name.toLowerCase().split(/[^a-z0-9]+/);
  return words.includes("linux") && words.includes(cpus[target]) && !name.includes("musl");
}

/** npm's rule: a list with `!` names what is refused, any other list what is allowed. */
function allows(value: unknown, wanted: string): boolean {
  const list = typeof value === "string" ? [value] : value;
  if (!Array.isArray(list) || isRecord(list)) return true;
  if (list.includes(`!${wanted}`)) return false;
  return list.every((one) => String(one).startsWith("!")) || list.includes(wanted) || list.includes("any");
}
