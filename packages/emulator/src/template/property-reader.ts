import { EmulatorError } from "../problems/emulator-error.ts";
import type { TemplateFunction } from "./list-functions.ts";
import { resolveValue } from "./resolve-value.ts";
import type { Scope } from "./scope.ts";
import { isValueMap, own } from "./value.ts";
import type { Value } from "./value.ts";

/** Reads the properties of a function one by one. */
export type PropertyReader = ReturnType<typeof createPropertyReader>;

/**
 * A reader of the function's properties, which resolves CloudFormation's functions on the way.
 * Errors: none; a wrong property is undefined, and a message in `problems`.
 */
export function createPropertyReader({ properties }: TemplateFunction, scope: Scope) {
  const problems: string[] = [];
  /** Runs a step that may throw `EmulatorError`; its message becomes a problem of the property. */
  const attempt = <T>(key: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof EmulatorError)) throw error;
      problems.push(`${key}: ${error.message}`);
      return undefined;
    }
  };
  const value = (key: string): Value | undefined => {
    const written = own(properties, key) ?? undefined;
    return written === undefined ? undefined : attempt(key, () => resolveValue(written, scope));
  };
  const text = (key: string): string | undefined => {
    const found = value(key);
    if (found === undefined || typeof found === "string") return found;
    problems.push(`${key}: expected text, got ${JSON.stringify(found)}`);
    return undefined;
  };
  const wholeNumber = (key: string, { min, max }: { readonly min: number; readonly max: number }) => {
    const found = value(key);
    if (found === undefined) return undefined;
    const number = typeof found === "string" && found !== "" ? Number(found) : found;
    if (typeof number === "number" && Number.isInteger(number) && number >= min && number <= max) return number;
    problems.push(`${key}: expected a whole number from ${min} to ${max}, got ${JSON.stringify(found)}`);
    return undefined;
  };
  return { problems, attempt, value, text, wholeNumber };
}

/** The folder or zip file of the code, as written; undefined, with a problem, if it is not on this machine. */
export function readCode({ type, properties }: TemplateFunction, reader: PropertyReader): string | undefined {
  const key = type === "AWS::Serverless::Function" ? "CodeUri" : "Code";
  if (own(properties, "PackageType") === "Image" || own(properties, "ImageUri") !== undefined) {
    reader.problems.push(
      `PackageType: container images are not run by this emulator; point ${key} to the files of the image and run its command with --bootstrap, under PackageType: Zip and a Runtime`,
    );
    return undefined;
  }
  const value = reader.value(key);
  if (own(properties, "InlineCode") !== undefined || own(value, "ZipFile") !== undefined) {
    reader.problems.push(`InlineCode: put the code into a file and its folder into ${key}`);
    return undefined;
  }
  // SAM's own default.
  if (value === undefined) return ".";
  if (typeof value === "string" && !value.startsWith("s3://")) return value;
  const isInS3 = typeof value === "string" || isValueMap(value);
  reader.problems.push(`${key}: ${isInS3 ? "the code is in S3" : "expected text"}; point ${key} to a folder`);
  return undefined;
}
