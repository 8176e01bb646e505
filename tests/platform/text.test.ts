import fc from 'fast-check';
import { sql } from 'kysely';
import t from 'tap';
import { cleanLine, cleanText, givenName, searchForm } from '../../server/platform/text.ts';
import { testDatabase } from '../support/database.ts';

const letters = 'aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ';
const plain = 'aaabcddeeghiklmnooopqrstuuvxyaaaaaaaaaaaaaaaeeeeeeeeeeiiiiiooooooooooooooouuuuuuuuuuyyyyy';

t.test('Text is brought to one form, whatever phone it was typed on', async (t) => {
  t.equal(cleanLine('Nguye\u0302\u0303n Thi\u0323 Lan'), 'Nguyễn Thị Lan');
  t.equal(cleanLine('  Trần \t Văn\r\nBình '), 'Trần Văn Bình');
  t.equal(cleanText(' một\r\nhai\rba\n\n bốn '), 'một\nhai\nba\n\n bốn');
  t.equal(cleanText('Lan\uD83D'), 'Lan\uFFFD', 'half a character is none');
});

t.test('What nobody can see goes, except what joins letters of other scripts', async (t) => {
  t.equal(cleanLine('\u200Ba\u200E\u202A\u2067b\u2060\u00ADc\u0007\u007F\u0085d\uFEFF'), 'abcd');
  t.equal(cleanLine('ក\u200Cខ 👩\u200D🏫'), 'ក\u200Cខ 👩\u200D🏫');
});

t.test('Law: what is clean stays as it is, and a line is one line', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (typed) => {
      const [line, text] = [cleanLine(typed), cleanText(typed)];
      if (cleanLine(line) !== line || cleanText(text) !== text) throw new Error('not the same again');
      if (/[\n\r]/.test(line) || line !== line.trim()) throw new Error('not one line');
    }),
  );
});

t.test('The old and the new place of a tone mark spell one word', async (t) => {
  const pairs = {
    hòa: 'hoà',
    hóa: 'hoá',
    hỏa: 'hoả',
    họa: 'hoạ',
    khỏe: 'khoẻ',
    lòe: 'loè',
    tùy: 'tuỳ',
    thúy: 'thuý',
    thủy: 'thuỷ',
    lũy: 'luỹ',
    lụy: 'luỵ',
    qúy: 'quý',
    HÒA: 'hoà',
    'Hòa Bình, Thủy.': 'hoà bình, thuỷ.',
    'ho\u0300a': 'hoà',
  };
  for (const [old, now] of Object.entries(pairs)) {
    t.equal(searchForm(old), now);
    t.equal(searchForm(now), now);
  }
});

t.test('Where the two places do not differ nothing is moved', async (t) => {
  for (const word of ['hoàng', 'toàn', 'khoẻn', 'thuỳnh', 'của', 'mùa', 'quỹ', 'tòan', 'chúa']) {
    t.equal(searchForm(word), word);
  }
});

t.test('People are called by the last word of their name', async (t) => {
  t.equal(givenName('Nguyễn Thị Lan'), 'Lan');
  t.equal(givenName('Lan'), 'Lan');
  t.equal(givenName('Y Moan Êban'), 'Êban');
});

t.test('The database folds every Vietnamese letter to the one on a plain keyboard', async (t) => {
  const { db } = await testDatabase(t);
  const fold = async (text: string) => {
    const { rows } = await sql<{ folded: string }>`select fold(${text}) as folded`.execute(db);
    return rows[0]?.folded;
  };
  t.equal(letters.length, plain.length);
  t.equal(await fold(letters), plain);
  t.equal(await fold(letters.toUpperCase()), plain);
  t.equal(await fold('Đà Nẵng, ĐẮK LẮK'), 'da nang, dak lak');
  t.equal(await fold(searchForm(letters.normalize('NFD'))), plain, 'however the letters were composed');
  for (const [one, other] of [
    ['hòa', 'hoà'],
    ['thúy', 'thuý'],
  ] as const) {
    t.equal(await fold(searchForm(one)), await fold(searchForm(other)));
  }
});

t.test('Folding is the same whether it was asked by a form or by an index', async (t) => {
  const { db } = await testDatabase(t);
  const words = 'An toàn trên mạng: Đừng bấm vào đường dẫn lạ! 100% “miễn phí” – €5, ½ giá…';
  const { rows } = await sql<{ once: string; twice: string }>`
    select fold(${words}) as once, fold(fold(${words})) as twice`.execute(db);
  t.equal(rows[0]?.once, rows[0]?.twice);
});
