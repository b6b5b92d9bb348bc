import assert from "node:assert/strict";
import sharp from "sharp";

/** Makes a picture and resizes it. */
export async function use(): Promise<void> {
  const red = { width: 4, height: 4, channels: 3, background: "red" } as const;
  const png = await sharp({ create: red }).resize(1, 1).png().toBuffer();
  const { format, width } = await sharp(png).metadata();
  assert.deepEqual({ format, width }, { format: "png", width: 1 });
}
