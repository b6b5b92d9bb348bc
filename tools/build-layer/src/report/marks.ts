/** In every treemap: no page of the user's has it, so a build may replace the file. */
export const treemapMark = '<meta name="generator" content="@lambda-extension/build-layer">';

/** The tool that every bill of materials of ours names. */
export const sbomTool = { group: "@lambda-extension", name: "build-layer" };

/** True for a bill of materials of ours: other tools write CycloneDX too. */
export function isOwnSbom(text: string): boolean {
  try {
    const bom = JSON.parse(text) as { metadata?: { tools?: { components?: readonly Partial<typeof sbomTool>[] } } };
    const tools = bom.metadata?.tools?.components ?? [];
    return tools.some(({ group, name }) => group === sbomTool.group && name === sbomTool.name);
  } catch {
    return false; // not JSON, or of another shape
  }
}
