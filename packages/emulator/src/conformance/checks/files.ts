import { statSync } from "node:fs";
import { followLinks } from "../../files/program-file.ts";
import { verdictOn } from "../trial/check.ts";
import type { About, Check, Subject } from "../trial/check.ts";
import { toLayerPath } from "../trial/extension-file.ts";
import type { ExtensionFile } from "../trial/extension-file.ts";
import { explainMode } from "../trial/layer-modes.ts";
import { isLeftBehind } from "../trial/left-behind.ts";

interface FileRule extends About {
  /** What is wrong with one entry of `extensions/`; undefined if nothing is. */
  readonly problem: (file: ExtensionFile, subject: Subject) => string | undefined;
}

function fileCheck({ problem, ...about }: FileRule): Check {
  return {
    ...about,
    executes: false,
    needs: ["extension-found"],
    run: async (subject) =>
      verdictOn(subject.extensions.map((file) => problem(file, subject)).filter((text) => text !== undefined)),
  };
}

/** Where Lambda's images have programs. A layer brings its own below /opt. */
const interpreterFolders = ["/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/", "/opt/", "/var/lang/bin/"];

/** Checks that read the layer's files and execute nothing. */
export const fileChecks: readonly Check[] = [
  {
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
  },
  fileCheck({
    id: "stray-files",
    title: "Nothing but extensions lies in extensions/",
    advice:
      "Move the file elsewhere, for example into a folder <name>/ at the top of the layer, or delete what macOS, Windows or an editor left (.DS_Store, ._*, Thumbs.db, *~): Lambda executes every entry of extensions/ that is not a folder, and init fails if it cannot.",
    problem({ name, isExecutable: mayRun, content: { kind } }) {
      if (kind === "broken-link") return `extensions/${name} is a link to nothing`;
      if (kind === "folder-link") return `extensions/${name} is a link to a folder`;
      if (isLeftBehind(name)) return `extensions/${name} is a file that macOS, Windows or an editor left`;
      return kind === "no-program" && !mayRun ? `extensions/${name} is no program` : undefined;
    },
  }),
  {
    id: "modes",
    title: "All users may read the layer, and no file has a set-uid, set-gid or sticky bit",
    advice:
      "Give files mode 644, and folders and programs 755, before they are packed: Lambda runs extensions as another user than the owner of the files. Take away set-uid, set-gid and sticky bits with chmod u-s,g-s,-t.",
    executes: false,
    needs: ["extension-found"],
    run: async ({ modes }) => verdictOn(modes.map(explainMode).filter((text) => text !== undefined)),
  },
  fileCheck({
    id: "execute-bit",
    title: "Extensions have the execute bit",
    advice:
      "chmod 755 the file before it is packed, and pack it with a tool that keeps modes: zip on Linux and macOS does, Windows' own and many libraries do not.",
    problem({ name, isExecutable: mayRun, content: { kind } }) {
      const isProgram = kind === "script" || kind === "linux-program" || kind === "macos-program";
      return isProgram && !mayRun ? `extensions/${name} is not executable` : undefined;
    },
  }),
  fileCheck({
    id: "shebang",
    title: "Scripts name an interpreter that Lambda has",
    advice:
      "Begin the script with #! and an absolute path: /bin/bash, /usr/bin/env node, or an interpreter that the layer itself brings below /opt. Of languages, Lambda has only the one of the function's runtime.",
    problem({ name, isExecutable: mayRun, content }, { layer }) {
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
      if (found !== undefined && !found.isFolder && (statSync(found.hostPath).mode & 0o001) !== 0) return undefined;
      return `extensions/${name} names ${interpreter}, which the layer does not have as an executable file`;
    },
  }),
  fileCheck({
    id: "line-endings",
    title: "Scripts end their lines with LF",
    advice:
      'Save the script with LF, and keep it so with "* text eol=lf" in .gitattributes: with CR LF the kernel looks for an interpreter whose name ends in a carriage return.',
    problem({ name, content }) {
      if (content.kind !== "script") return undefined;
      const firstLine = content.text.split("\n", 1)[0] ?? "";
      const isShell = /(?:^|\/)(?:ba|da)?sh$/.test(content.interpreter);
      const isWrong = firstLine.endsWith("\r") || (isShell && content.text.includes("\r\n"));
      return isWrong ? `extensions/${name} has lines that end with CR LF` : undefined;
    },
  }),
  fileCheck({
    id: "architecture",
    title: "Programs are built for Lambda's Linux and for the architecture",
    advice:
      "Build for linux/amd64 (x86_64) or linux/arm64 (arm64), statically or against glibc, and give --architecture if the layer is not for this machine's. Lambda has no musl.",
    problem({ name, content }, { architecture: wanted }) {
      if (content.kind === "macos-program") return `extensions/${name} is a program for macOS`;
      if (content.kind !== "linux-program") return undefined;
      const { architecture: found, loader } = content.header;
      if (found !== wanted) return `extensions/${name} is built for ${found}, and ${wanted} is wanted`;
      return loader?.includes("ld-musl") === true ? `extensions/${name} is linked against musl` : undefined;
    },
  }),
];
