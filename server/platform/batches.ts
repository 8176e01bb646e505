const batch = 5_000;

/**
 * Removes rows until none is left to remove, so many at a time that each statement is short and holds nobody up.
 * @returns how many there were
 */
export async function inBatches(remove: (limit: number) => Promise<{ numDeletedRows: bigint }>): Promise<number> {
  let removed = 0;
  for (;;) {
    const { numDeletedRows } = await remove(batch);
    if (numDeletedRows === 0n) return removed;
    removed += Number(numDeletedRows);
  }
}
