import type { Chance } from './chance.ts';
import { arrive, giveRole, makeOwner, type Person, type Secrets } from './people.ts';
import type { Rows } from './rows.ts';
import type { Spread } from './spread.ts';

export interface Branch {
  id: string;
  code: string;
  path: string;
  place_code: string | null;
  manager: Person;
}

export interface Tree {
  owner: Person;
  networks: Branch[];
  /** The ones in which people learn. */
  centres: Branch[];
}

export interface Ground {
  root: { id: string; code: string };
  /** Provinces. */
  places: { code: string; name: string }[];
  secrets: Secrets;
  /** The wording that people agree to. */
  consent: string;
  /** Gives every member of staff a number that nobody else has. */
  nextNumber(): number;
}

const days = 86_400_000;

/** Networks under the root, one a province while there are enough, and centres under them; each with its manager. */
export function plantTree(rows: Rows, random: Chance, spread: Spread, ground: Ground, now: number): Tree {
  const begunAt = now - 3 * 365 * days;
  const staff = () => arrive(rows, random, { number: ground.nextNumber(), joinedAt: begunAt, kind: 'staff' }, ground);
  const owner = staff();
  makeOwner(rows, random, owner, ground.root);

  function branch(number: number, parent: { id: string; path: string } | null, place: Ground['places'][number]) {
    const code = parent === null ? `mang_luoi_${number + 1}` : `trung_tam_${number + 1}`;
    const above = parent ?? { id: ground.root.id, path: ground.root.code };
    const made = { id: random.id(begunAt), code, path: `${above.path}.${code}`, place_code: place.code };
    const name = parent === null ? `Mạng lưới học tập ${place.name}` : `Trung tâm Học tập cộng đồng ${place.name}`;
    rows.add('organisations', {
      ...made,
      parent_id: above.id,
      kind: parent === null ? 'network' : 'centre',
      name: `${name} ${number + 1}`,
      created_at: new Date(begunAt),
    });
    const manager = staff();
    giveRole(rows, random, manager, { organisation: made, role: 'manager', by: owner, at: begunAt + days });
    return { ...made, manager };
  }

  const networks = Array.from({ length: spread.networks }, (_, number) =>
    branch(number, null, ground.places[number % ground.places.length] ?? random.pick(ground.places)),
  );
  const centres = Array.from({ length: spread.centres }, (_, number) => {
    const network = networks[number % networks.length] ?? random.pick(networks);
    return branch(
      number,
      network,
      ground.places.find(({ code }) => code === network.place_code) ?? random.pick(ground.places),
    );
  });
  return { owner, networks, centres };
}
