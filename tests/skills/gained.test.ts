import t from 'tap';
import { gainedSkills } from '../../server/skills/gained.ts';
import { sample } from '../certificates/samples.ts';

const framework = { code: 'f', names: {} };
const skill = (code: string, of = framework) => ({ framework: of, code, names: {} });
const certificate = (code: string, ...skills: ReturnType<typeof skill>[]) => ({
  code,
  issued_at: new Date(0),
  printed: { ...sample, skills },
});

t.test('Each competence stands once, with every certificate that says so', (t) => {
  const gained = gainedSkills([certificate('A', skill('1.1')), certificate('B', skill('1.1'), skill('1.2'))]);
  t.strictSame(
    gained.map(({ code, because }) => [code, because.map((one) => one.code)]),
    [
      ['1.1', ['A', 'B']],
      ['1.2', ['B']],
    ],
  );
  t.match(gained[0]?.because[0]?.titles, sample.course.titles);
  t.strictSame(gainedSkills([]), []);
  t.end();
});

t.test('They stand framework by framework in the order of their numbers; frameworks share codes', (t) => {
  const [circular, digcomp] = ['tt02-2025', 'digcomp-3.0'].map((code) => ({ code, names: {} }));
  const skills = [skill('3.1'), skill('2.1', digcomp), skill('10.1', circular), skill('2.1', circular)];
  t.strictSame(
    gainedSkills([certificate('A', ...skills)]).map((one) => `${one.framework.code}:${one.code}`),
    ['tt02-2025:2.1', 'tt02-2025:10.1', 'digcomp-3.0:2.1', 'f:3.1'],
    'and one that is no longer offered comes last',
  );
  t.end();
});
