import { Enums, Models, Serialize, Spec, SPDX } from "@cyclonedx/cyclonedx-library";
import type { EngineRelease } from "../engine/engine-release.ts";
import type { BundledPackage } from "./packages-of.ts";

/** What is in the layers of an extension. */
export interface Contents {
  readonly name: string;
  readonly packages: readonly BundledPackage[];
  /** Every engine that is in one of the layers. */
  readonly engines: readonly EngineRelease[];
}

/**
 * What is really in a layer: the npm packages of which something is left in the bundle, and carried engines with their
 * hashes.
 * Shape: CycloneDX 1.6 JSON, without time or serial number, so that it is the same for the same layer.
 * Source: https://cyclonedx.org/docs/1.6/json/
 */
export function toSbom({ name, packages, engines }: Contents): string {
  const layer = new Models.Component(Enums.ComponentType.Application, name, { bomRef: name });
  const bom = new Models.Bom({ metadata: new Models.Metadata({ component: layer }) });
  for (const one of packages) {
    const purl = toPurl(one.name, one.version);
    const component = new Models.Component(Enums.ComponentType.Library, one.name, {
      version: one.version,
      purl,
      bomRef: purl,
    });
    if (one.license !== undefined) component.licenses.add(toLicense(one.license));
    bom.components.add(component);
    layer.dependencies.add(component.bomRef);
  }
  for (const { packageName, version, sha256 } of engines) {
    const purl = toPurl(packageName, version);
    const hashes = new Models.HashDictionary([[Enums.HashAlgorithm["SHA-256"], sha256]]);
    const component = new Models.Component(Enums.ComponentType.Platform, packageName, {
      version,
      purl,
      hashes,
      bomRef: purl,
    });
    bom.components.add(component);
    layer.dependencies.add(component.bomRef);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

/** The license texts of everything in the bundle, one after the other. A package without one is named too. */
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

/** Source: https://github.com/package-url/purl-spec/blob/main/types-doc/npm-definition.md */
function toPurl(name: string, version: string): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}
