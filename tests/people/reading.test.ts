import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { readPeople } from '../../server/people/importing/reading.ts';
import { readCsv } from '../../server/platform/csv.ts';

const now = new Date('2026-11-22T12:00:00+07:00');

function read(text: string | Buffer, order: 'family_first' | 'given_first' = 'family_first') {
  const table = readCsv(Buffer.from(text), 5000);
  if ('fault' in table) throw new Error(table.fault);
  const reading = readPeople(table.header, table.rows, order, now);
  if (reading === null) throw new Error('no name');
  return reading;
}

t.test('Headings are understood with or without accents, in both languages, as spreadsheets write them', async (t) => {
  const { people, ignored } = read(
    '\ufeffSTT;Họ và tên;Ngày sinh;Số điện thoại;E-mail;Lớp\r\n1;Nguyễn Thị Lan;05/09/2001;0912 345 678;LAN@example.com;6A\r\n',
  );
  t.match(people, [
    {
      line: 2,
      full_name: 'Nguyễn Thị Lan',
      birth_year: 2001,
      birth_month: 9,
      phone: '+84912345678',
      email: 'lan@example.com',
      notes: [],
    },
  ]);
  t.strictSame(ignored, ['STT', 'Lớp']);
  t.match(read('ho ten,sdt\nTrần Minh,0987654321\n').people, [{ full_name: 'Trần Minh' }]);
});

t.test('Names in two columns are put together as the reader says', async (t) => {
  const file = 'lastname,firstname\nJones,Tom\n';
  t.equal(read(file).people[0]?.full_name, 'Jones Tom');
  t.equal(read(file, 'given_first').people[0]?.full_name, 'Tom Jones');
  t.equal(read('Họ đệm,Tên\nNguyễn Thị,Lan\n').people[0]?.full_name, 'Nguyễn Thị Lan');
});

t.test('Dates are read as Vietnam writes them, or by ISO 8601; what is none is left out and said', async (t) => {
  const birthOf = (text: string) => {
    const [person] = read(`Họ tên,Ngày sinh\nAn,"${text}"\n`).people;
    return [person?.birth_year, person?.birth_month, person?.notes.length];
  };
  for (const text of [
    '1/9/2001',
    '01-09-2001',
    '1.9.2001',
    '9/2001',
    '09-2001',
    '2001-09-01',
    '2001-09',
    '2001-09-01 00:00',
  ]) {
    t.strictSame(birthOf(text), [2001, 9, 0], text);
  }
  for (const text of ['2001', '13/2001', '1/13/2001', 'tháng 9', '1/9/1801', '1/9/2030', '37135']) {
    t.strictSame(birthOf(text), [null, null, 1], text);
  }
});

t.test('Of a child, and of whom the age is not known, no phone or e-mail is kept', async (t) => {
  const { people } = read('Họ tên,Ngày sinh,SĐT\nAn,1/9/2015,0912345678\nBình,,0912345678\nChi,1/9/2001,0912345678\n');
  t.strictSame(
    people.map(({ phone }) => phone),
    [null, null, '+84912345678'],
  );
  t.strictSame(
    people.map(({ notes }) => notes),
    [['people.note_contact'], ['people.note_contact'], []],
  );
});

t.test('A line that comes again is left out; one that is only alike is taken, and told', async (t) => {
  const lan = 'Nguyễn Thị Lan,1/9/2001,0912345678';
  const { people, faults } = read(
    `Họ tên,Ngày sinh,SĐT\n${lan}\n${lan}\nNGUYEN THI LAN,2/9/2001,\nTrần Lan,1/9/2001,\nLê An,,\nLê An,,\n`,
  );
  t.match(faults, [{ line: 3, message: 'people.fault_same' }]);
  t.strictSame(
    people.map(({ line, notes }) => [line, notes]),
    [
      [2, []],
      [4, ['people.note_alike']],
      [5, []],
      [6, []],
      [7, ['people.note_alike']],
    ],
  );
});

t.test('Each row with a fault is told with its line, and the rest goes on', async (t) => {
  const { people, faults } = read('Họ tên,Mã học viên\n,\n123,\nAn,1234567890\nBình,\n,0912\n"Chi\nLan",\nDũng,\n');
  t.strictSame(
    people.map(({ full_name }) => full_name),
    ['Bình', 'Chi Lan', 'Dũng'],
  );
  t.match(faults, [
    { line: 3, message: 'people.fault_name' },
    { line: 4, message: 'people.fault_code' },
    { line: 6, message: 'people.fault_name' },
  ]);
});

t.test('Text that misleads is cleaned: directional tricks, invisible characters, markup stays text', async (t) => {
  const { people } = read('Họ tên\n"  Nguyễn\u202e\u200b   Lan "\n<b>An</b>\n');
  t.strictSame(
    people.map(({ full_name }) => full_name),
    ['Nguyễn Lan', '<b>An</b>'],
  );
});

t.test('A table without names is told as such', async (t) => {
  const table = readCsv(Buffer.from('a,b\n1,2\n'), 10);
  t.ok('header' in table && readPeople(table.header, table.rows, 'family_first', now) === null);
});

const moodle = new URL('../../../shared/data/packages/moodle-csv/', import.meta.url);
t.test(
  'Users as Moodle writes them come in, without their passwords',
  { skip: !existsSync(moodle) && 'no samples' },
  async (t) => {
    for (const name of [
      'lib_upload_users',
      'lib_upload_users_cohorts',
      'lib_upload_users_emailstop',
      'lib_upload_users_profile',
    ]) {
      const { people, faults, ignored } = read(readFileSync(new URL(`${name}.csv`, moodle)), 'given_first');
      t.ok(people.length >= 2, name);
      t.strictSame(faults, [], name);
      t.ok(ignored.includes('password'), name);
      t.notMatch(JSON.stringify(people), /secret|Pass1234|hunter/);
    }
  },
);
