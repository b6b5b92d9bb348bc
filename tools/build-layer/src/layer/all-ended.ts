/**
 * As `Promise.all`, but rejects only when all have ended: then nobody writes any more into a folder that is to be
 * removed.
 * Errors: the first of the list that rejected.
 */
export async function allEnded<T extends readonly unknown[] | []>(
  promises: T,
): Promise<{ -readonly [Index in keyof T]: Awaited<T[Index]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
