/** The options of the command line, in the order of `--help`: for `parseArgs`, with what help shows. */
export const options = {
  out: {
    type: "string",
    shown: "--out DIR",
    help: 'write the layer\'s content into DIR, beside what is there (SAM: "$(ARTIFACTS_DIR)")',
  },
  zip: { type: "string", shown: "--zip FILE", help: "write the layer as that zip, and nothing else" },
  check: { type: "string", shown: "--check DIR|ZIP", help: "check a layer that any tool may have made" },
  architecture: {
    type: "string",
    shown: "--architecture x86_64|arm64",
    help: "for this one only; default: all that package.json lists (--out, --zip: the first; --check: any)",
  },
  "no-start": {
    type: "boolean",
    default: false,
    shown: "--no-start",
    help: "do not start the bundle once, which runs its code on this machine",
  },
  watch: { type: "boolean", default: false, shown: "--watch", help: "build again after every change" },
  report: { type: "string", shown: "--report FILE.html", help: "draw what the bundle is made of" },
  sbom: {
    type: "string",
    shown: "--sbom FILE.json",
    help: "write a bill of materials (CycloneDX), and the license texts beside it",
  },
  json: { type: "boolean", default: false, shown: "--json", help: "print the result as JSON" },
  help: { type: "boolean", short: "h", default: false, shown: "-h, --help", help: "this text" },
  version: { type: "boolean", default: false, shown: "--version", help: "print the version of build-layer" },
} as const;

/** The name of an option, without its dashes. */
export type OptionName = keyof typeof options;

/** Every option's name. */
export const optionNames = Object.keys(options) as readonly OptionName[];
