/** Below this size, pieces are joined: a view of one byte costs 100 bytes. */
const smallBytes = 4096;

/** Appends bytes to the pieces of a body. A body that comes byte by byte does not use a hundred times its size. */
export function appendPiece(pieces: Buffer[], bytes: Buffer): void {
  const last = pieces.at(-1);
  if (last === undefined || last.length + bytes.length > smallBytes) pieces.push(bytes);
  else pieces[pieces.length - 1] = Buffer.concat([last, bytes]);
}
