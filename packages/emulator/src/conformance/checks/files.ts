import { followLinks, isExecutable } from "../../files/program-file.ts";
import { passed } from "../trial/check.ts";
import type { Check, Subject, Verdict } from "../trial/check.ts";
import { toLayerPath } from "../trial/extension-file.ts";
import type { ExtensionFile } from "../trial/extension-file.ts";

/** Looks at every entry of `extensions/`; `problem` says what is wrong with one. */
function fileCheck(
  check: Pick<Check, "id" | "title" | "advice">,
  problem: (file: ExtensionFile, subject: Subject) => string | undefined,
): Check {
  return {
    ...check,
    executes: false,
    needs: [extensionFound.id],
    async run(subject): Promise<Verdict> {
      const problems = subject.extensions.map((file) => problem(file, subject)).filter((text) => text !== undefined);
      return problems.length === 0 ? passed : { kind: "fail", detail: problems.join("; ") };
    },
  };
}

/** Lambda starts only what lies directly in /opt/extensions. */
export const extensionFound: Check = {
  id: "extension-found",
  title: "The layer has a file in extensions/",
  advice:
    "Put the executable at extensions/<name>, with extensions/ at the top of the folder or zip: a layer is unpacked into /opt as it is, and Lambda does not look into folders below /opt/extensions.",
  executes: false,
  needs: [],
  run: async ({ extensions }) =>
    extensions.length > 0
      ? { kind: "pass", detail: extensions.map(({ name }) => name).join(", ") }
      : { kind: "fail", detail: "there is no file in extensions/" },
};

export const strayFiles: Check = fileCheck(
  {
    id: "stray-files",
    title: "Nothing but extensions lies in extensions/",
    advice:
      "Move the file elsewhere, for example into a folder <name>/ at the top of the layer: Lambda executes every entry of extensions/ that is not a folder, and init fails where it cannot.",
  },
  ({ name, isExecutable: mayRun, content: { kind } }) => {
    if (kind === "broken-link") return `extensions/${name} is a link to nothing`;
    if (kind === "folder-link") return `extensions/${name} is a link to a folder`;
    return kind === "no-program" && !mayRun ? `extensions/${name} is no program` : undefined;
  },
);

export const executeBit: Check = fileCheck(
  {
    id: "execute-bit",
    title: "Extensions have the execute bit",
    advice:
      "chmod 755 the file before it is packed, and pack it with a tool that keeps modes: zip on Linux and macOS does, Windows' own and many libraries do not.",
  },
  ({ name, isExecutable: mayRun, content: { kind } }) => {
    const isProgram = kind === "script" || kind === "linux-program" || kind === "macos-program";
    return isProgram && !mayRun ? `extensions/${name} is not executable` : undefined;
  },
);

/** Where Lambda's images have programs. A layer brings its own below /opt. */
const interpreterFolders = ["/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/", "/opt/", "/var/lang/bin/"];

export const shebang: Check = fileCheck(
  {
    id: "shebang",
    title: "Scripts name an interpreter that Lambda has",
    advice:
      "Begin the script with #! and an absolute path: /bin/bash, /usr/bin/env node, or an interpreter that the layer itself brings below /opt. Of languages, Lambda has the one of the function's runtime only.",
  },
  ({ name, isExecutable: mayRun, content }, { layer }) => {
    if (content.kind === "no-program") {
      return mayRun ? `extensions/${name} is neither a program nor does it begin with #!` : undefined;
    }
    if (content.kind !== "script") return undefined;
    const { interpreter } = content;
    if (!interpreterFolders.some((folder) => interpreter.startsWith(folder))) {
      return `extensions/${name} names ${interpreter === "" ? "no interpreter" : `${interpreter}, which Lambda does not have`}`;
    }
    if (!interpreter.startsWith("/opt/")) return undefined;
    const found = followLinks(interpreter, (path) => toLayerPath(layer, path));
    if (found !== undefined && isExecutable(found.hostPath)) return undefined;
    return `extensions/${name} names ${interpreter}, which the layer does not have as an executable file`;
  },
);

export const lineEndings: Check = fileCheck(
  {
    id: "line-endings",
    title: "Scripts end their lines with LF",
    advice:
      'Save the script with LF, and keep it so with "* text eol=lf" in .gitattributes: with CR LF the kernel looks for an interpreter whose name ends in a carriage return.',
  },
  ({ name, content }) => {
    if (content.kind !== "script") return undefined;
    const firstLine = content.text.split("\n", 1)[0] ?? "";
    const isShell = /(?:^|\/)(?:ba|da)?sh$/.test(content.interpreter);
    const isWrong = firstLine.endsWith("\r") || (isShell && content.text.includes("\r\n"));
    return isWrong ? `extensions/${name} has lines that end with CR LF` : undefined;
  },
);

export const architecture: Check = fileCheck(
  {
    id: "architecture",
    title: "Programs are built for Lambda's Linux and for the architecture",
    advice:
      "Build for linux/amd64 (x86_64) or linux/arm64 (arm64), statically or against glibc, and give --architecture where the layer is not for this machine's. Lambda has no musl.",
  },
  ({ name, content }, { architecture: wanted }) => {
    if (content.kind === "macos-program") return `extensions/${name} is a program for macOS`;
    if (content.kind !== "linux-program") return undefined;
    const { architecture: found, loader } = content.header;
    if (found !== wanted) return `extensions/${name} is built for ${found}, and ${wanted} is wanted`;
    return loader?.includes("ld-musl") === true ? `extensions/${name} is linked against musl` : undefined;
  },
);
