import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** Milliseconds that a request waits for the end: a class is done by then. */
const patience = 2_000;

/**
 * Takes long lists over, part by part, also when the request that asked for it is answered. Where the process ends before the list does,
 * asking again goes on from there.
 */
export function createPartWorker(app: Pick<FastifyInstance, 'log' | 'addHook'>) {
  const atWork = new Set<Promise<void>>();
  let isClosing = false;
  app.addHook('onClose', async () => {
    isClosing = true;
    await Promise.all(atWork);
  });

  async function applyAll(applyPart: () => Promise<boolean>): Promise<void> {
    let isLast = false;
    while (!isLast && !isClosing) isLast = await applyPart();
  }

  /**
   * Returns when all is done, or after a while.
   * @param applyPart says whether none is left
   */
  return async function apply(applyPart: () => Promise<boolean>): Promise<void> {
    const work = applyAll(applyPart)
      .catch((error) => app.log.error(error))
      .finally(() => atWork.delete(work));
    atWork.add(work);
    await Promise.race([work, delay(patience, undefined, { ref: false })]);
  };
}
