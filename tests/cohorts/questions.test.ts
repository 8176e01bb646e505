import t from 'tap';
import { testApp } from '../support/app.ts';
import type { Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { cohort, mentor } from './cohorts.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

t.test(
  'A cohort asks up to five questions; who joins answers, who decides reads, and a change later changes no answer',
  async (t) => {
    const site = await testApp(t);
    await publish(t, site);
    const group = await cohort(site, { isOpen: false, seats: 2 });
    const hoa = await mentor(site, group);
    const manager = await signedIn(site, { roles: ['manager'] });
    const settings = await manager.get(`/cohorts/${group.id}/settings`);
    const asked = { question: ['Bạn có máy tính không?', '', 'Bạn muốn học gì?', '', ''], required: ['1'] };
    const long = await manager.submit(settings, { form: '#settings', fields: { question: ['x'.repeat(201)] } });
    t.equal(long.status, 422);
    await manager.submit(settings, { form: '#settings', fields: asked });
    const again = await manager.get(`/cohorts/${group.id}/settings`);
    t.equal(
      byRole(again.html, 'textbox', 'Câu hỏi 2').getAttribute('value'),
      'Bạn muốn học gì?',
      'rows left empty are none',
    );

    const out = await signedIn(site, { full_name: 'Danh Út' });
    const door = await out.get(`/join/${group.code}`);
    t.match(mainOf(door), /Nhóm muốn hỏi bạn.*Bạn có máy tính không\? Bạn muốn học gì\? \(không bắt buộc\)/);
    const refused = await out.submit(door, { fields: { answer: ['', 'Bảng tính'] } });
    t.equal(refused.status, 422);
    t.equal(byRole(refused.html, 'textbox', 'Bạn muốn học gì? (không bắt buộc)').getAttribute('value'), 'Bảng tính');
    t.match(mainOf(await out.get('/cohorts')), 'chưa ở trong nhóm học nào', 'and nothing has changed');
    await out.submit(refused, { fields: { answer: ['Có, dùng chung', 'Bảng tính'] } });
    await out.submit(refused, { fields: { answer: ['Không', ''] } });

    await manager.submit(again, {
      form: '#settings',
      fields: { question: ['Bạn mấy tuổi?', '', '', '', ''], required: [] },
    });
    const answered = /Danh Út.*Bạn có máy tính không\? Có, dùng chung Bạn muốn học gì\? Bảng tính/;
    t.match(
      mainOf(await hoa.get(`/cohorts/${group.id}/requests`)),
      answered,
      'what was asked, and what was said first',
    );
    const late = await signedIn(site, { full_name: 'Lê Muộn' });
    await late.submit(await late.get(`/join/${group.code}`), { fields: { answer: ['30'] } });
    await late.post(`/join/${group.code}/request`, { question: 'Bạn có máy tính không?', answer: 'Có' });
    t.match(mainOf(await hoa.get(`/cohorts/${group.id}/requests`)), /Lê Muộn.*Bạn mấy tuổi\? 30/);

    const other = await cohort(site);
    const stranger = await mentor(site, other);
    for (const reader of [stranger, out]) t.equal((await reader.get(`/cohorts/${group.id}/requests`)).status, 404);
  },
);

t.test('The database holds five questions and no more', async (t) => {
  const { db, ...site } = await testApp(t);
  const { id } = await cohort({ ...site, db });
  const questions = JSON.stringify(Array.from({ length: 6 }, () => ({ words: 'Vì sao?', is_required: false })));
  const asking = db.updateTable('cohorts').set({ questions }).where('id', '=', id).execute();
  await t.rejects(asking, { name: 'error', constraint: 'cohorts_questions' });
});
