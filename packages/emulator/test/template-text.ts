import { parseTemplate } from "../src/template/parse-template.ts";
import type { Template } from "../src/template/parse-template.ts";
import { resolveFunction } from "../src/template/resolve-function.ts";
import type { ResolvedFunction } from "../src/template/resolve-function.ts";

/** The properties that a function needs, for `withFunction`. */
export const baseProperties = "Runtime: python3.12, Handler: app.handler, CodeUri: src/";

/** A template whose only function, Hello, has these properties; `more` are further resources, then further sections. */
export function withFunction(properties: string, more = "", type = "AWS::Serverless::Function"): string {
  return `Resources:\n  Hello: { Type: ${type}, Properties: { ${properties} } }\n${more}`;
}

/** Parses a template. Errors: throws with the problems if the text does not parse. */
export function toTemplate(text: string): Template {
  const parsed = parseTemplate(text);
  if (parsed.kind === "problems") throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

/** Resolves the template's function in Frankfurt, from the folder /project. */
export function resolveText(
  text: string,
  over: { readonly name?: string; readonly parameters?: Readonly<Record<string, string>> } = {},
): ResolvedFunction {
  const { name, parameters = {} } = over;
  return resolveFunction(
    { template: toTemplate(text), parameters, region: "eu-central-1" },
    { name, folder: "/project" },
  );
}
