import type { PlaceFault, PlaceRow } from './reading.ts';

export interface KnownPlace {
  code: string;
  parent_code: string | null;
  merged_into_code: string | null;
  name: string;
  kind: string;
  /** ISO 8601, of the name of today. */
  valid_from: string | null;
}

export interface PlaceChange {
  line: number;
  code: string;
  name: string;
  kind: string;
  parent_code: string | null;
  former_names: string[];
  merged: string[];
  /** When the change takes effect. */
  valid_from: string;
  /** From when the name holds; null: of a new place nobody has said. */
  since: string | null;
  isNew: boolean;
  isRenamed: boolean;
  isMoved: boolean;
}

export interface PlacePlan {
  /** Parents before what lies in them. */
  changes: PlaceChange[];
  unchanged: number;
  faults: PlaceFault[];
}

/**
 * What a file would change. A row with a fault is left out, and so is what would lie in a place that no other row brings;
 * a place that is missing from the file stays as it is.
 * @param today ISO 8601: from when a change holds that has no date of its own
 */
export function planPlaces(rows: PlaceRow[], known: KnownPlace[], today: string): PlacePlan {
  const before = new Map(known.map((place) => [place.code, place]));
  const faults: PlaceFault[] = [];
  const accepted = new Map<string, PlaceRow>();
  for (const row of rows) {
    const first = accepted.get(row.code);
    if (first) faults.push({ line: row.line, code: 'twice', values: { line: first.line, code: row.code } });
    else accepted.set(row.code, row);
  }
  const parentOf = (code: string) => accepted.get(code)?.parent_code ?? before.get(code)?.parent_code ?? null;
  // Again and again, because a row that falls takes with it those that lie in its place.
  for (let fallen = -1; fallen !== faults.length; ) {
    fallen = faults.length;
    for (const row of [...accepted.values()]) {
      const fault = faultOf(row, before, accepted, parentOf, today);
      if (fault === null) continue;
      faults.push(fault);
      accepted.delete(row.code);
    }
  }
  const inOrder = parentsFirst([...accepted.values()], accepted);
  const changes = inOrder.map((row) => changeOf(row, before.get(row.code), before, today));
  const real = changes.filter(isChange);
  return { changes: real, unchanged: changes.length - real.length, faults: faults.sort((a, b) => a.line - b.line) };
}

function faultOf(
  row: PlaceRow,
  before: Map<string, KnownPlace>,
  accepted: Map<string, PlaceRow>,
  parentOf: (code: string) => string | null,
  today: string,
): PlaceFault | null {
  const fault = (code: string, values: PlaceFault['values'] = {}) => ({ line: row.line, code, values });
  const isKnown = (code: string) => before.has(code) || accepted.has(code);
  const old = before.get(row.code);
  if (old?.merged_into_code) return fault('merged_already', { code: row.code, into: old.merged_into_code });
  if (row.parent_code !== null && !isKnown(row.parent_code)) return fault('parent_unknown', { code: row.parent_code });
  if (isCircular(row.code, parentOf)) return fault('circle', { code: row.code });
  const stranger = row.merged.find((code) => !before.has(code));
  if (stranger !== undefined) return fault('merged_unknown', { code: stranger });
  const around = row.merged.find((code) => liesIn(row.code, code, parentOf));
  if (around !== undefined) return fault('merged_around', { code: around });
  const from = row.valid_from ?? today;
  const isRenamed = old !== undefined && (old.name !== row.name || old.kind !== row.kind);
  if (isRenamed && old.valid_from !== null && from <= old.valid_from)
    return fault('date_early', { date: old.valid_from });
  return null;
}

/** Also true of what would lie in itself by way of others. */
function isCircular(code: string, parentOf: (code: string) => string | null): boolean {
  const seen = new Set([code]);
  for (let above = parentOf(code); above !== null; above = parentOf(above)) {
    if (seen.has(above)) return true;
    seen.add(above);
  }
  return false;
}

function liesIn(code: string, around: string, parentOf: (code: string) => string | null): boolean {
  for (let above = parentOf(code); above !== null; above = parentOf(above)) if (above === around) return true;
  return false;
}

function changeOf(
  row: PlaceRow,
  old: KnownPlace | undefined,
  before: Map<string, KnownPlace>,
  today: string,
): PlaceChange {
  const { line, code, name, kind, former_names } = row;
  // A file of names alone says nothing of where they lie.
  const parent_code = row.parent_code ?? old?.parent_code ?? null;
  const valid_from = row.valid_from ?? today;
  return {
    line,
    code,
    name,
    kind,
    parent_code,
    former_names,
    merged: row.merged.filter((gone) => before.get(gone)?.merged_into_code !== code),
    valid_from,
    since: old === undefined ? row.valid_from : valid_from,
    isNew: old === undefined,
    isRenamed: old !== undefined && (old.name !== name || old.kind !== kind),
    isMoved: old !== undefined && old.parent_code !== parent_code,
  };
}

function isChange({ isNew, isRenamed, isMoved, merged, former_names }: PlaceChange): boolean {
  return isNew || isRenamed || isMoved || merged.length > 0 || former_names.length > 0;
}

function parentsFirst(rows: PlaceRow[], accepted: Map<string, PlaceRow>): PlaceRow[] {
  const placed = new Set<PlaceRow>();
  const place = (row: PlaceRow) => {
    const parent = row.parent_code === null ? undefined : accepted.get(row.parent_code);
    if (parent && !placed.has(parent)) place(parent);
    placed.add(row);
  };
  for (const row of rows) place(row);
  return [...placed];
}
