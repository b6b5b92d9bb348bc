import type { ExtensionSettings } from "../config/extension-settings.ts";

const node = ["nodejs20.x", "nodejs22.x", "nodejs24.x"];
const amazonLinux2 = ["python3.10", "python3.11", "java17"];
const amazonLinux2023 = [
  "python3.12",
  "python3.13",
  "python3.14",
  "java21",
  "java25",
  "dotnet8",
  "ruby3.3",
  "ruby3.4",
  "provided.al2023",
];

/**
 * Lambda's runtimes beside which a layer with this engine works. A carried Node.js needs glibc 2.28, so Amazon Linux
 * 2023; Bun runs on Amazon Linux 2 as well. At most 15, which is the limit of CompatibleRuntimes.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
export function compatibleRuntimes({
  engine,
  runtime,
}: Pick<ExtensionSettings, "engine" | "runtime">): readonly string[] {
  if (engine === "shared") return node;
  return runtime === "bun" ? [...node, ...amazonLinux2, ...amazonLinux2023] : [...node, ...amazonLinux2023];
}
