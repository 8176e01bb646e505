import t from 'tap';
import { allSkills } from '../../server/courses/frameworks.ts';
import { findSkills, firstFramework } from '../../server/skills/finding.ts';

const found = (q: string, framework = '') => findSkills({ q, framework });

t.test('Without words one framework is shown: the first, or the one that is asked for', (t) => {
  t.ok(found('').length > 20);
  t.ok(found('').every(({ framework }) => framework === firstFramework));
  t.strictSame(new Set(found('', 'digcomp-3.0').map(({ framework }) => framework)), new Set(['digcomp-3.0']));
  t.end();
});

t.test('Words are found in any language and any framework, with accents or without', (t) => {
  const withAccents = found('bảo vệ');
  t.ok(withAccents.length > 1);
  t.strictSame(found('BAO  ve'), withAccents);
  t.ok(found('protecting').length > 1);
  t.ok(found('dien thoai').every((skill) => allSkills().some((one) => one.code === skill.code)));
  t.ok(found('bảo vệ', 'digcomp-3.0').every(({ framework }) => framework === 'digcomp-3.0'));
  t.strictSame(found('IU01'), [{ framework: 'tt03-2014', code: 'IU01' }]);
  t.strictSame(found('chẳng có gì như vậy'), []);
  t.end();
});
