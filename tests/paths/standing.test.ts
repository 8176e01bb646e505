import fc from 'fast-check';
import t from 'tap';
import { pathToGoOn, standingOn } from '../../server/paths/standing.ts';

const course = (slug: string, enrolled_at: string | null = null, certificate: object | null = null) => ({
  slug,
  enrolled_at,
  certificate,
});

t.test('Progress counts certificates, and the next course is the first without one', (t) => {
  const path = {
    courses: [course('a', '2026-01-01', {}), course('b', '2026-01-02'), course('c', null, {}), course('d')],
  };
  t.match(standingOn(path), { done: 2, total: 4, percent: 50, isBegun: true, next: { slug: 'b' } });
  t.match(standingOn({ courses: [course('a')] }), { done: 0, percent: 0, isBegun: false, next: { slug: 'a' } });
  t.match(standingOn({ courses: [course('a', null, {})] }), { percent: 100, isBegun: true, next: null });
  t.end();
});

t.test('The path to go on with is the one begun last, then the one further along', (t) => {
  const finished = { courses: [course('a', '2026-03-01', {})] };
  const untouched = { courses: [course('b')] };
  const early = { courses: [course('c', '2026-01-01'), course('d')] };
  const late = { courses: [course('e', '2026-02-01'), course('f'), course('g')] };
  const further = { courses: [course('e', '2026-02-01'), course('h', null, {})] };
  t.equal(pathToGoOn([finished, untouched, early, late]), late);
  t.equal(pathToGoOn([late, further, early]), further);
  t.equal(pathToGoOn([finished, untouched]), null);
  t.equal(pathToGoOn([]), null);
  t.end();
});

t.test('It is always one that is begun and not completed', (t) => {
  const step = fc.record({
    slug: fc.string(),
    enrolled_at: fc.option(fc.date({ noInvalidDate: true }).map((date) => date.toISOString())),
    certificate: fc.option(fc.constant({})),
  });
  const law = fc.property(fc.array(fc.record({ courses: fc.array(step, { minLength: 1 }) })), (paths) => {
    const path = pathToGoOn(paths);
    const candidates = paths.map(standingOn).filter(({ isBegun, next }) => isBegun && next !== null);
    if (path === null) return candidates.length === 0;
    return standingOn(path).isBegun && standingOn(path).next !== null;
  });
  fc.assert(law);
  t.end();
});
