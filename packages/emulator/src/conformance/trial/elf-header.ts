/** Facts from the header of a Linux program. */
export interface ElfHeader {
  /** `x86_64` and `arm64` as Lambda names them; the number of any other. */
  readonly architecture: string;
  /** The program that loads it; undefined for a static one. */
  readonly loader: string | undefined;
}

const architectures: Readonly<Record<number, string>> = { 62: "x86_64", 183: "arm64" };

const programHeaderOfLoader = 3;
/** How many program headers are read; real files have about ten. */
const maxProgramHeaders = 64;

/**
 * Reads the header of an ELF file; undefined for anything else.
 * Source: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
 */
export function parseElfHeader(bytes: Buffer): ElfHeader | undefined {
  if (bytes.length < 20 || bytes.toString("latin1", 0, 4) !== "\u007fELF") return undefined;
  const machine = bytes.readUInt16LE(18);
  return { architecture: architectures[machine] ?? `machine type ${machine}`, loader: findLoader(bytes) };
}

/** Lambda's machines are of 64 bits and little-endian: the loader of any other program does not matter. */
function findLoader(bytes: Buffer): string | undefined {
  const is64BitsLittleEndian = bytes[4] === 2 && bytes[5] === 1;
  if (!is64BitsLittleEndian || bytes.length < 64) return undefined;
  const offset = Number(bytes.readBigUInt64LE(32));
  const size = bytes.readUInt16LE(54);
  const count = Math.min(bytes.readUInt16LE(56), maxProgramHeaders);
  for (let index = 0; index < count; index += 1) {
    const at = offset + index * size;
    if (at + 56 > bytes.length) return undefined;
    if (bytes.readUInt32LE(at) !== programHeaderOfLoader) continue;
    const start = Number(bytes.readBigUInt64LE(at + 8));
    const length = Number(bytes.readBigUInt64LE(at + 32));
    return bytes.toString("latin1", start, start + length).replace(/\0.*$/s, "");
  }
  return undefined;
}
