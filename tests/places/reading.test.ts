import fc from 'fast-check';
import t from 'tap';
import { type KnownPlace, planPlaces } from '../../server/places/planning.ts';
import { missingColumns, readPlaceRows } from '../../server/places/reading.ts';
import { placeName, readKind, readTypedPlace } from '../../server/places/typed-place.ts';
import { readCsv } from '../../server/platform/csv.ts';

function read(text: string) {
  const reading = readCsv(Buffer.from(text), 100);
  if ('fault' in reading) throw new Error(reading.fault);
  return readPlaceRows(reading.header, reading.rows);
}

const today = '2026-11-22';
const province = (code: string, name: string, more: Partial<KnownPlace> = {}): KnownPlace => ({
  ...{ code, name, parent_code: null, merged_into_code: null, kind: 'province', valid_from: null },
  ...more,
});
const known = [province('08', 'Tuyên Quang'), province('15', 'Lào Cai')];
const plan = (text: string, places = known) => planPlaces(read(text).rows, places, today);
const faultsOf = (text: string) => [...read(text).faults, ...plan(text).faults].map(({ line, code }) => [line, code]);

t.test('A place is read as people write it', async (t) => {
  t.equal(placeName('Tỉnh Lào Cai'), 'Lào Cai');
  t.equal(placeName('TP. Hồ Chí Minh'), 'Hồ Chí Minh');
  t.equal(placeName('thành phố Huế'), 'Huế');
  t.equal(placeName('Phường 1'), 'Phường 1', 'a number alone names nothing');
  t.equal(placeName('Xã'), 'Xã');
  t.equal(placeName('Phường Xã Tắc'), 'Xã Tắc', 'one word of kind, not two');
  t.strictSame(readTypedPlace('Phường Sa Pa, tỉnh Lào Cai'), { name: 'Sa Pa', within: 'Lào Cai' });
  t.strictSame(readTypedPlace(' Huế '), { name: 'Huế', within: null });
  t.strictSame(readTypedPlace(',,'), { name: '', within: null });
  t.strictSame(['Đặc khu', 'XÃ', 'TP', 'làng'].map(readKind), ['special_zone', 'commune', 'city', null]);
});

t.test('Columns are known by their Vietnamese names, kinds from the name, codes without their zeros', async (t) => {
  const { rows, faults } = read(
    'Mã;Tên;Cấp;Mã TP/Tỉnh;Tên cũ\n4;Phường Sông Hiến;;4;Hoà Chung; \n00008;Nà Hang;Xã;8;\n',
  );
  t.strictSame(faults, []);
  t.match(rows, [
    { code: '00004', name: 'Sông Hiến', kind: 'ward', parent_code: '04', former_names: ['Hoà Chung'] },
    { code: '00008', name: 'Nà Hang', kind: 'commune', parent_code: '08', former_names: [] },
  ]);
  t.strictSame(missingColumns(['Mã', 'Ghi chú']), ['name']);
});

t.test('Each wrong row is told with its line, and the others go in', async (t) => {
  const text = [
    'code,name,kind,parent,valid_from,merged_codes',
    'x1,A,commune,08,,',
    '00001,,commune,08,,',
    '00002,B,village,08,,',
    '00003,C,commune,99,,',
    '00004,D,commune,08,30/2/2026,',
    '00005,E,commune,08,,77777',
    '00006,F,commune,08,1/7/2025,',
    '00006,G,commune,08,,',
    '00007,H,commune,00003,,',
    '00008,I,commune,00008,,',
  ].join('\n');
  t.strictSame(faultsOf(text).sort(), [
    [10, 'parent_unknown'],
    [11, 'circle'],
    [2, 'code'],
    [3, 'name'],
    [4, 'kind'],
    [5, 'parent_unknown'],
    [6, 'date'],
    [7, 'merged_unknown'],
    [9, 'twice'],
  ]);
  t.strictSame(
    plan(text).changes.map(({ code }) => code),
    ['00006'],
  );
});

t.test('A plan tells new, renamed, moved and merged, and deletes nothing', async (t) => {
  const places = [
    ...known,
    province('00001', 'Cũ', { parent_code: '08', kind: 'commune', valid_from: '2025-07-01' }),
    province('00002', 'Gộp', { parent_code: '08', kind: 'commune' }),
    province('00003', 'Như trước', { parent_code: '08', kind: 'commune' }),
    province('00009', 'Vắng', { parent_code: '08', kind: 'commune' }),
  ];
  const text = [
    'code,name,kind,parent,merged_codes,valid_from',
    '00005,Trong mới,commune,99,,',
    '99,Mới,province,,,',
    '00001,Tên mới,ward,15,00002,1/1/2026',
    '00003,Như trước,commune,08,,',
  ].join('\n');
  const { changes, unchanged, faults } = plan(text, places);
  t.strictSame(faults, []);
  t.equal(unchanged, 1);
  t.match(changes, [
    { code: '99', isNew: true, since: null },
    { code: '00005', isNew: true, parent_code: '99' },
    { code: '00001', isNew: false, isRenamed: true, isMoved: true, merged: ['00002'], since: '2026-01-01' },
  ]);
  t.match(plan('code,name,kind,valid_from\n00001,Tên mới,commune,1/7/2025', places).faults, [{ code: 'date_early' }]);
  const gone = places.map((place) => (place.code === '00002' ? { ...place, merged_into_code: '00001' } : place));
  t.match(plan('code,name,kind\n00002,Gộp,commune', gone).faults, [{ code: 'merged_already' }]);
  t.match(plan('code,name,kind,parent,merged_codes\n00003,Như trước,commune,00001,00001', places).faults, [
    { code: 'merged_around' },
  ]);
});

t.test('Whatever a file says, parents come before what lies in them, and there is no circle', async () => {
  const code = fc.integer({ min: 10, max: 20 }).map(String);
  const row = fc.record({ code, parent_code: fc.option(code) }).map((some) => ({
    ...{ line: 1, name: 'N', kind: 'province' as const, former_names: [], merged: [], valid_from: null },
    ...some,
  }));
  fc.assert(
    fc.property(fc.array(row, { maxLength: 15 }), fc.array(code, { maxLength: 4 }), (rows, before) => {
      const there = new Set(before);
      const { changes } = planPlaces(
        rows,
        [...there].map((one) => province(one, 'B')),
        today,
      );
      for (const change of changes) {
        if (change.parent_code !== null && !there.has(change.parent_code)) return false;
        there.add(change.code);
      }
      const parents = new Map(changes.map((change) => [change.code, change.parent_code]));
      return changes.every((change) => {
        const seen = new Set<string>();
        for (let at: string | null = change.code; at !== null; at = parents.get(at) ?? null) {
          if (seen.has(at)) return false;
          seen.add(at);
        }
        return true;
      });
    }),
  );
});
