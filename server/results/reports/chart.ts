/** Two columns a month: such as who learnt, and who finished a course. */
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

/** Bars that lie, each with its label before it and its number behind. */
export interface Bars {
  width: number;
  height: number;
  /** Where bars begin. */
  x: number;
  barHeight: number;
  bars: { label: string; title: string; number: string; y: number; length: number; isMarked: boolean }[];
}

const rowHeight = 26;
const numberWidth = 56;

/**
 * @param lines each with its share of the longest bar that could be; 0 to 1
 * @param labelWidth in units of the drawing: a letter takes about 7
 */
export function drawBars(
  lines: { label: string; title: string; number: string; share: number; isMarked: boolean }[],
  labelWidth: number,
): Bars {
  const longest = width - labelWidth - numberWidth;
  return {
    width,
    height: lines.length * rowHeight,
    x: labelWidth,
    barHeight: rowHeight - 8,
    bars: lines.map(({ share, ...line }, index) => ({
      ...line,
      y: index * rowHeight + 4,
      length: share === 0 ? 0 : Math.max(2, Math.round(Math.min(1, share) * longest)),
    })),
  };
}
