import { Enums, Models, Serialize, Spec, SPDX } from "@cyclonedx/cyclonedx-library";
import type { EngineRelease } from "../engine/engine-release.ts";
import { sbomTool } from "../report/marks.ts";
import type { BundledPackage } from "./packages-of.ts";

/** What is in the layers of an extension. */
export interface Contents {
  readonly name: string;
  readonly packages: readonly BundledPackage[];
  /** Every engine that is in one of the layers. */
  readonly engines: readonly EngineRelease[];
}

/**
 * Lists what is really in a layer: the npm packages that have code in the bundle, and carried engines with the hashes
 * that the build compared with the bytes it wrote.
 * Returns CycloneDX 1.6 JSON, without time or serial number, so that it is the same for the same layer.
 * Source: https://cyclonedx.org/docs/1.6/json/
 */
export function toSbom({ name, packages, engines }: Contents): string {
  const layer = new Models.Component(Enums.ComponentType.Application, name, { bomRef: name });
  const { group, name: tool } = sbomTool;
  const metadata = new Models.Metadata({ component: layer });
  metadata.tools.components.add(new Models.Component(Enums.ComponentType.Application, tool, { group }));
  const bom = new Models.Bom({ metadata });
  const add = (type: Enums.ComponentType, packageName: string, version: string): Models.Component => {
    // Source: https://github.com/package-url/purl-spec/blob/main/types-doc/npm-definition.md
    const purl = `pkg:npm/${packageName.replace("@", "%40")}@${version}`;
    const component = new Models.Component(type, packageName, { version, purl, bomRef: purl });
    bom.components.add(component);
    layer.dependencies.add(component.bomRef);
    return component;
  };
  for (const one of packages) {
    const { licenses } = add(Enums.ComponentType.Library, one.name, one.version);
    if (one.license !== undefined) licenses.add(toLicense(one.license));
  }
  for (const { packageName, version, executable } of engines) {
    const { hashes } = add(Enums.ComponentType.Platform, packageName, version);
    hashes.set(Enums.HashAlgorithm["SHA-256"], executable.sha256);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

/** The license texts of everything in the bundle, one after the other. A package without a text is named too. */
export function toLicenseTexts(packages: readonly BundledPackage[]): string {
  return packages
    .map(({ name, version, license, licenseText }) => {
      const text = licenseText?.trim() ?? "The package holds no license text.";
      return `${name} ${version} (${license ?? "no license named"})\n\n${text}\n`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}

/** An SPDX id, an SPDX expression, or the text as it is. */
function toLicense(text: string): Models.License {
  if (SPDX.isSupportedSpdxId(text)) return new Models.SpdxLicense(text);
  return / (OR|AND|WITH) /.test(text) ? new Models.LicenseExpression(text) : new Models.NamedLicense(text);
}
