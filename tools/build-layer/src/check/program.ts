import type { Architecture } from "../config/extension-settings.ts";

/** What happens if Linux executes a file. */
export type Program =
  | { readonly kind: "linux"; readonly architecture: Architecture | undefined }
  | { readonly kind: "foreign"; readonly system: "macOS" | "Windows" }
  | {
      readonly kind: "script";
      readonly interpreter: string;
      /** True if the first line ends with CR LF: then Linux looks for an interpreter whose name ends with CR. */
      readonly hasCarriageReturn: boolean;
    }
  | { readonly kind: "none" };

/** `e_machine` of ELF. Source: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const machines: Readonly<Record<number, Architecture>> = { 62: "x86_64", 183: "arm64" };

/** Tells from a file's first bytes what kind of program it is. */
export function programOf(head: Uint8Array): Program {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.byteLength >= 20) {
    const magic = view.getUint32(0);
    if (magic === 0x7f454c46) return { kind: "linux", architecture: machines[view.getUint16(18, true)] };
    if ([0xcffaedfe, 0xcafebabe].includes(magic) && !isJavaClass(view)) return { kind: "foreign", system: "macOS" };
    // A text may begin with "MZ" too, but it has no zero byte.
    if (view.getUint16(0) === 0x4d5a && head.includes(0)) return { kind: "foreign", system: "Windows" };
  }
  if (head[0] !== 0x23 || head[1] !== 0x21) return { kind: "none" };
  const [line = ""] = new TextDecoder().decode(head.subarray(2, 258)).split("\n");
  const [interpreter = ""] = line.trim().split(/\s+/);
  return { kind: "script", interpreter, hasCarriageReturn: line.endsWith("\r") };
}

/** Java's class files share the magic number of fat macOS programs, followed by a version instead of a small count. */
function isJavaClass(view: DataView): boolean {
  return view.getUint32(0) === 0xcafebabe && view.getUint32(4) > 30;
}
