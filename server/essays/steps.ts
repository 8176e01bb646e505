/** What a marker chooses from, the most first: never so many that they cannot be read at a glance. */
export function stepsTo(most: number): number[] {
  const step = most <= 2 ? 0.25 : most <= 5 ? 0.5 : Math.max(1, Math.ceil(most / 20));
  const count = Math.floor(most / step);
  const steps = Array.from({ length: count + 1 }, (_, index) => index * step);
  const top = Math.floor(most * 4) / 4;
  return (steps.at(-1) === top ? steps : [...steps, top]).reverse();
}
