/**
 * Does as `Promise.all`, but rejects only when all promises have ended: then no write is under way in a folder that is
 * removed next. Errors: the first one in the list.
 */
export async function allEnded<T extends readonly unknown[] | []>(
  promises: T,
): Promise<{ -readonly [Index in keyof T]: Awaited<T[Index]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
