/** Lets so many work at a time; whoever comes then waits, and goes on in the order they came. */
export function turns(most: number): <T>(work: () => Promise<T> | T) => Promise<T> {
  const waiting: (() => void)[] = [];
  let working = 0;
  return async (work) => {
    if (working >= most) await new Promise<void>((go) => waiting.push(go));
    else working += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // The turn is handed on, so that nobody comes in between.
      if (next) next();
      else working -= 1;
    }
  };
}
