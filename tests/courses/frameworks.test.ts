import t from 'tap';
import { allSkills, frameworkNames, readSkill, skillName, skillNames } from '../../server/courses/frameworks.ts';
import { languages } from '../../server/platform/i18n.ts';

t.test('the four frameworks have all their skills', (t) => {
  const counts = Object.entries(Object.groupBy(allSkills(), ({ framework }) => framework)).map(([name, skills]) => [
    name,
    skills?.length,
  ]);
  t.strictSame(counts, [
    ['tt02-2025', 24],
    ['digcomp-3.0', 21],
    ['tt03-2014', 15],
    ['five-basic-2024', 5],
  ]);
  t.end();
});

t.test('every skill and every framework has a name for readers of each language', (t) => {
  for (const { framework, code } of allSkills()) {
    for (const language of languages)
      t.not(skillName(framework, code, language), code, `${framework}:${code} in ${language}`);
    t.match(frameworkNames(framework), { vi: /./, en: /./ });
  }
  t.end();
});

t.test('a name is given as its source gives it, with its commas', (t) => {
  t.strictSame(skillNames('tt02-2025', '1.2'), {
    vi: 'Đánh giá dữ liệu, thông tin và nội dung số',
    en: 'Evaluating data, information and digital content',
  });
  t.strictSame(skillNames('digcomp-3.0', '4.2'), { en: 'Protecting personal data and privacy' });
  t.equal(skillName('digcomp-3.0', '4.2', 'vi'), 'Protecting personal data and privacy');
  t.end();
});

t.test('a skill names its framework, because frameworks share codes', (t) => {
  t.strictSame(readSkill('tt02-2025:4.1'), { framework: 'tt02-2025', code: '4.1' });
  t.equal(readSkill('4.1'), 'skill_framework_unknown');
  t.equal(readSkill('__proto__:4.1'), 'skill_framework_unknown');
  t.equal(readSkill('tt02-2025:7.1'), 'skill_code_unknown');
  t.equal(readSkill('tt02-2025:4.1:2'), 'skill_code_unknown');
  t.equal(readSkill('tt02-2025'), 'skill_code_unknown');
  t.end();
});

t.test('a code that left its framework is shown as it is', (t) => {
  t.equal(skillName('tt02-2025', '9.9', 'vi'), '9.9');
  t.strictSame(frameworkNames('none'), {});
  t.end();
});
