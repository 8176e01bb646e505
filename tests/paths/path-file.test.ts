import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import t from 'tap';
import { readPathFile } from '../../server/paths/path-file.ts';

const ours = await readFile('courses/paths.yaml', 'utf8');
const lines = ours.split('\n').length;

t.test('A damaged file of paths gets faults with their lines, and never ends the reading', async (t) => {
  t.same(readPathFile(ours).faults, []);
  const place = fc.nat({ max: ours.length });
  const put = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom('', '\n', ': ', '- ', '\t', '&a *a', '!!js', '"', '{', '[]', 'after: [x]', '<<: *x', '\0'),
  );
  const law = fc.property(place, fc.nat({ max: 200 }), put, (from, length, text) => {
    const { paths, ids, faults } = readPathFile(ours.slice(0, from) + text + ours.slice(from + length));
    const extra = text.split(/\r\n|[\n\r]/).length;
    const isTold = faults.every(
      ({ line, code }) => code !== '' && (line === null || (line >= 1 && line <= lines + extra)),
    );
    // Nobody takes a path out because its file is broken.
    return isTold && (ids !== null || (paths.length === 0 && faults.length > 0));
  });
  fc.assert(law, { numRuns: 400 });
});
