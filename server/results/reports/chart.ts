/** Two columns a month: who learnt, and who finished a course. */
export interface Chart {
  width: number;
  height: number;
  months: { label: string; title: string; x: number; bars: { y: number; height: number }[] }[];
}

/** Units of the drawing: a phone shows it about as wide as this in points. */
const width = 312;
const barsHeight = 120;
const labelHeight = 18;

/** Of one scale. Someone is never drawn as nothing. */
export function drawMonths(months: { label: string; title: string; counts: number[] }[]): Chart {
  const most = Math.max(1, ...months.flatMap(({ counts }) => counts));
  const heightOf = (count: number) => (count === 0 ? 0 : Math.max(2, Math.round((count / most) * barsHeight)));
  return {
    width,
    height: barsHeight + labelHeight,
    months: months.map(({ label, title, counts }, index) => ({
      label,
      title,
      x: Math.round((index * width) / months.length),
      bars: counts.map((count) => ({ y: barsHeight - heightOf(count), height: heightOf(count) })),
    })),
  };
}
