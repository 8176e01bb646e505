import fc from 'fast-check';
import t from 'tap';
import { readCsv, writeCsv } from '../../server/platform/csv.ts';

const read = (text: string, rows = 100) => readCsv(Buffer.from(text), rows);

t.test('A table is read whatever program has saved it', async (t) => {
  const expected = {
    header: ['Tên', 'Số'],
    rows: [
      { line: 2, cells: ['Đỗ, Thị', '1'] },
      { line: 3, cells: ['', '2'] },
    ],
  };
  t.strictSame(read('Tên,Số\n"Đỗ, Thị",1\n,2\n'), expected);
  t.strictSame(read('\ufeffTên;Số\r\nĐỗ, Thị;1\r\n;2\r\n'), expected);
  t.strictSame(read('Tên\tSố\rĐỗ, Thị\t1\r\t2'), expected);
  t.strictSame(readCsv(Buffer.from('\ufeffTên\tSố\r\nĐỗ, Thị\t1\r\n\t2\r\n', 'utf16le'), 9), expected);
});

t.test('A row is told by the line it begins on, also after empty rows and breaks inside a cell', async (t) => {
  const reading = read('\na,b\n\n"hai\ndòng",1\n,\n"x ""y""",2\n');
  t.match(reading, {
    header: ['a', 'b'],
    rows: [
      { line: 4, cells: ['hai dòng', '1'] },
      { line: 7, cells: ['x "y"', '2'] },
    ],
  });
});

t.test('What is no table is told', async (t) => {
  t.strictSame(readCsv(Buffer.from([0x4d, 0xe3]), 9), { fault: 'encoding', line: 1 });
  t.match(readCsv(Buffer.from('PK\x03\x04\0\0'), 9), { fault: 'encoding' });
  t.match(read('a,b\n"c,d\n'), { fault: 'quotes' });
  t.match(read(' \n\n'), { fault: 'empty' });
  t.match(read('a\n1\n2\n3\n', 2), { fault: 'rows' });
  t.match(read('a\n1\n2\n', 2), { header: ['a'] });
});

t.test('What is written is read back, and no cell is run as a formula', async (t) => {
  t.equal(writeCsv([['=1+1', '-x', -3, null, 'a;b']], ';'), `\ufeff'=1+1;'-x;-3;;"a;b"\r\n`);
  t.equal(
    writeCsv([['a;=1+1', 'b, @x', 'c - d']], ','),
    `\ufeffa;'=1+1,"b, '@x",c - d\r\n`,
    'nor where it is read otherwise',
  );
  const cell = fc.string({ maxLength: 12 }).filter((text) => /^[\p{L}\d ,;"']*$/u.test(text) && text === text.trim());
  const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(table, fc.constantFrom(',' as const, ';' as const), (rows, separator) => {
      const reading = readCsv(Buffer.from(writeCsv([['a', 'b', 'c'], ...rows], separator)), 10);
      const kept = rows.filter((cells) => cells.some((text) => text !== ''));
      const seen = 'rows' in reading ? reading.rows.map(({ cells }) => cells) : reading;
      return (
        JSON.stringify(seen) === JSON.stringify(kept.map((cells) => cells.map((text) => text.replace(/\s+/g, ' '))))
      );
    }),
  );
});
