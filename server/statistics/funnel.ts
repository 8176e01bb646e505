/** How far those came who enrolled in a version in a month. */
export interface FunnelLine {
  version: number;
  /** YYYY-MM */
  month: string;
  enrolled: number;
  started: number;
  half: number;
  finished: number;
  certified: number;
}

export const steps = ['enrolled', 'started', 'half', 'finished', 'certified'] as const;
export type Step = (typeof steps)[number];

/** Where some stopped: after which item, null after none. */
export interface Stop {
  version: number;
  item_id: string | null;
  people: number;
}

export function addSteps(lines: FunnelLine[]): Record<Step, number> {
  const sum = (step: Step) => lines.reduce((all, line) => all + line[step], 0);
  return {
    enrolled: sum('enrolled'),
    started: sum('started'),
    half: sum('half'),
    finished: sum('finished'),
    certified: sum('certified'),
  };
}

/** The last twelve months in which anybody enrolled, or fewer, the oldest first; each once, whatever the version. */
export function byMonth(lines: FunnelLine[]): { month: string; enrolled: number; finished: number }[] {
  const months = [...new Set(lines.map(({ month }) => month))].sort().slice(-12);
  return months.map((month) => {
    const { enrolled, finished } = addSteps(lines.filter((line) => line.month === month));
    return { month, enrolled, finished };
  });
}

/** In the order of the course, by the permanent key of what was completed last; who completed nothing comes first. */
export function stopsByItem(
  stops: Stop[],
  versions: readonly { number: number; items: readonly { id: string; key: string; title: string }[] }[],
): { title: string | null; people: number }[] {
  const places = new Map<string | null, { title: string | null; people: number }>([[null, { title: null, people: 0 }]]);
  // The newest version first: what it has no more comes after all that it has.
  for (const { items } of versions) {
    for (const { key, title } of items) if (!places.has(key)) places.set(key, { title, people: 0 });
  }
  const keys = new Map(versions.flatMap(({ items }) => items.map(({ id, key }) => [id, key] as const)));
  for (const { item_id, people } of stops) {
    const place = places.get(item_id === null ? null : (keys.get(item_id) ?? null));
    if (place) place.people += people;
  }
  return [...places.values()].filter(({ people }) => people > 0);
}
