import { shellQuote } from "../process/keeper.ts";

/** A step of laying out the namespace. */
export type Mount = Bind | Hide | FullFolder;

/** A folder without room for another byte. */
export interface FullFolder {
  readonly kind: "full";
  readonly folder: string;
}

/** Names of a folder that cannot be found inside the namespace. */
export interface Hide {
  readonly kind: "hide";
  readonly folder: string;
  readonly names: readonly string[];
  /** An empty folder for this mount alone. */
  readonly workFolder: string;
  /** An empty file without execute bit. */
  readonly emptyFile: string;
}

/** A file or folder of the machine that is seen elsewhere inside the namespace. */
export interface Bind {
  readonly kind: "bind";
  readonly from: string;
  readonly to: string;
  /** The code and the layers of a function cannot be written to on Lambda. */
  readonly isReadOnly?: boolean;
}

/**
 * How binds are made: all by one `mount` (9 ms faster for seven of them), or each by its own, which may give up
 * read-only.
 */
export type BindStyle = { readonly kind: "table"; readonly file: string } | { readonly kind: "one-by-one" };

/**
 * The holder of a mount namespace, as a shell script. It mounts (first what is hidden, then the binds, in their order),
 * prints `ready PID`, and waits for the end of its standard input. Then it kills every process in the namespace. The
 * mounts end with the namespace's last process.
 */
export function mountScript(mounts: readonly Mount[], style: BindStyle): string {
  return [
    "set -e",
    ...mounts.flatMap((mount) => (mount.kind === "hide" ? hideLines(mount) : [])),
    ...(style.kind === "table"
      ? [`mount --all --fstab ${shellQuote(style.file)}`]
      : bindsOf(mounts).flatMap((bind) => bindLines(bind))),
    ...mounts.flatMap((mount) => (mount.kind === "full" ? fullLines(mount) : [])),
    "echo ready $$",
    "while read -r _; do :; done",
    "set +e",
    "exec 2>/dev/null",
    // -lname takes a pattern: the brackets of `mnt:[4026531841]` are quoted.
    String.raw`mine=$(readlink /proc/self/ns/mnt | sed 's/[][]/\\&/g')`,
    // A process may fork while the list is read: look again until no process is left.
    "while :; do",
    "  left=",
    `  for link in $(find /proc/[0-9]*/ns/mnt -maxdepth 0 -lname "$mine"); do`,
    "    pid=${link#/proc/}; pid=${pid%%/*}",
    `    [ "$pid" = $$ ] || { kill -KILL "$pid" && left=1; }`,
    "  done",
    `  [ -n "$left" ] || break`,
    "done",
  ].join("\n");
}

/** The binds as the table that `mount --fstab` reads. Source: fstab(5) */
export function mountTable(mounts: readonly Mount[]): string {
  const lines = bindsOf(mounts).map(
    ({ from, to, isReadOnly = false }) =>
      `${tableWord(from)} ${tableWord(to)} none ${isReadOnly ? "rbind,ro" : "rbind"} 0 0\n`,
  );
  return lines.join("");
}

/** Blanks and backslashes as fstab(5) wants them: in octal. */
function tableWord(path: string): string {
  return path.replaceAll(/[\s\\]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

function bindsOf(mounts: readonly Mount[]): readonly Bind[] {
  return mounts.filter((mount) => mount.kind === "bind");
}

/** A tmpfs of one page, filled; the error of the write that does not fit is expected. */
function fullLines({ folder }: FullFolder): string[] {
  return [
    `mount -t tmpfs -o size=4k,mode=1777 tmpfs ${shellQuote(folder)}`,
    `head -c 8192 /dev/zero > ${shellQuote(`${folder}/.full`)} 2>/dev/null || true`,
  ];
}

/** If the kernel refuses a read-only bind, the bind is writable and the script prints it. */
function bindLines({ from, to, isReadOnly = false }: Bind): string[] {
  const paths = `${shellQuote(from)} ${shellQuote(to)}`;
  if (!isReadOnly) return [`mount --rbind ${paths}`];
  return [
    `mount -o rbind,ro ${paths} 2>/dev/null || { mount --rbind ${paths} && echo ${shellQuote(`writable ${to}`)}; }`,
  ];
}

/** An overlay whose upper layer says "not there". If the kernel refuses it: an empty file without execute bit. */
function hideLines({ folder, names, workFolder, emptyFile }: Hide): string[] {
  const whiteouts = names.map((name) => `mknod ${shellQuote(`${workFolder}/${name}`)} c 0 0`);
  const overlay = `mount -t overlay overlay -o ${shellQuote(`lowerdir=${workFolder}:${folder}`)} ${shellQuote(folder)}`;
  const masks = names.map((name) => `mount --bind ${shellQuote(emptyFile)} ${shellQuote(`${folder}/${name}`)}`);
  return [`{ ${[...whiteouts, overlay].join(" && ")}; } 2>/dev/null || { ${masks.join(" && ")}; }`];
}
