import t from 'tap';
import { hasOwner } from '../../server/demo/queries.ts';
import { learners, password, pin } from '../../server/demo/story.ts';
import { tellStory } from '../../server/demo/telling.ts';
import { signIn } from '../accounts/site.ts';
import { client } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { siteWithCourses } from '../support/library.ts';

const { app, db } = await siteWithCourses(t);
const arrivals: string[] = [];
await tellStory({ db, files: app.files, config: app.config, hasher: app.hasher }, () => arrivals.push('one'));

const comesIn = async (phone: string, secret: string) => {
  const visitor = client(app);
  await visitor.follow(await signIn(visitor, phone, secret));
  return visitor;
};

t.test('A demonstration has an owner, so that it is told once', async (t) => {
  t.ok(await hasOwner(db));
  t.ok(arrivals.length >= learners.length);
});

t.test('A mentor finds their class, and in it who needs help today and why', async (t) => {
  const mentor = await comesIn('0912000004', password);
  const cohorts = await mentor.get('/cohorts');
  const name = 'Lớp tối thứ Ba, nhà văn hoá bản Áng';
  const today = await mentor.get(byRole(cohorts.html, 'link', name).getAttribute('href') ?? '');
  t.equal(today.status, 200);
  const words = textOf(byRole(today.html, 'main'));
  for (const inNeed of ['Quàng Văn Toàn', 'Cà Thị Ánh Nguyệt', 'Bạc Cầm Hùng', 'Lèo Thị Thanh Huyền']) {
    t.match(words, inNeed);
  }
  t.match(words, 'Em tìm mãi không thấy chỗ lọc kết quả theo ngày.');
});

t.test('Learners stand where the story has left them', async (t) => {
  const certificatesOf = async (phone: string) => {
    const learner = await comesIn(phone, pin);
    const page = await learner.get('/learning');
    return allByRole(page.html, 'link').filter((link) => link.getAttribute('href')?.startsWith('/certificates/'))
      .length;
  };
  t.equal(await certificatesOf('0912000101'), 1);
  t.equal(await certificatesOf('0912000108'), 2);
  t.equal(await certificatesOf('0912000102'), 0);
});

t.test('Their certificates are signed, with the logo of who gives the courses', async (t) => {
  const rows = await db
    .selectFrom('certificates')
    .where('achievement', '=', 'course')
    .select(['signature_hash', 'logo_hash'])
    .execute();
  t.ok(rows.length > 0 && rows.every(({ signature_hash, logo_hash }) => signature_hash && logo_hash));
  const owner = await comesIn('0912000001', password);
  const page = await owner.get('/admin/organisations/domdom/signatories');
  t.match(textOf(byRole(page.html, 'main')), /Phạm Thu Hà đang ký Điều phối viên/);
});

t.test('The owner sees the branches and their people', async (t) => {
  const owner = await comesIn('0912000001', password);
  const page = await owner.get('/admin/organisations');
  t.match(textOf(byRole(page.html, 'main')), /Hội Tin học trẻ Sông Hậu.*Mạng lưới Bản Sáng/);
});

t.test('The class has a meeting to come, news, a talk with a next step, and letters', async (t) => {
  const hung = await comesIn('0912000104', pin);
  const home = textOf(byRole((await hung.get('/')).html, 'main'));
  t.match(home, 'Nhà văn hoá bản Áng');
  t.match(home, 'Học lại bài về đường dẫn rồi làm bài kiểm tra lần nữa');
  t.match(home, '1 chưa đọc');
  const nguyet = await comesIn('0912000103', pin);
  const own = textOf(byRole((await nguyet.get('/check-ins')).html, 'main'));
  t.notMatch(own, 'mùa thu hoạch', 'what is for mentors alone is not shown');

  const mentor = await comesIn('0912000004', password);
  const { html } = await mentor.get('/messages');
  const thread = await mentor.get(byRole(html, 'link', /Mùa A Páo/).getAttribute('href') ?? '');
  t.match(textOf(byRole(thread.html, 'main')), /Giỏi quá.*giấy chứng nhận thứ hai/);
});

t.test('A mentor who guided a class to its end holds a certificate of it, and sees their hours', async (t) => {
  const mentor = await comesIn('0912000004', password);
  const record = await mentor.get('/mentoring');
  t.match(textOf(byRole(record.html, 'main')), /Lớp hè, nhà văn hoá bản Áng.*Đã cấp/);
  const paper = await mentor.get(byRole(record.html, 'link', 'Xem giấy chứng nhận').getAttribute('href') ?? '');
  t.match(textOf(byRole(paper.html, 'main')), /Hà Thị Mai .*7,5 giờ hướng dẫn, 5 học viên học xong, từ/);
});
