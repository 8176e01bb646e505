import t from 'tap';
import { allByRole, byRole, formFields, nameOf, parse, textOf } from './html.ts';

const page = parse(`
  <main>
    <h1>Mật khẩu <em>mạnh</em></h1>
    <nav aria-labelledby="here"><h2 id="here">Trong khoá học</h2><a href="/a"><img src="a.png" alt="Ảnh"></a> <a>không đi đâu</a></nav>
    <p hidden>ẩn</p><pre>một <b>hai</b></pre>
    <form action="/x" id="x">
      <label for="name">Họ và tên</label> <input id="name" name="name" value="Ánh &amp; Tuyết">
      <fieldset><legend>Bạn học gì?</legend>
        <label><input type="checkbox" name="topic" value="data" checked> Dữ liệu</label>
        <label><input type="checkbox" name="topic" value="iot"> Vạn vật</label>
      </fieldset>
      <select name="month"><option>1</option><option value="2" selected>Hai</option></select>
      <select name="year"><option>1999</option><option>2000</option></select>
      <textarea name="about">
dòng một
dòng hai</textarea>
      <input type="hidden" name="revision" value="3"><input name="old" value="x" disabled>
      <input type="submit" name="do" value="Lưu">
    </form>
    <input name="elsewhere" form="x" value="ngoài">
  </main>`);

t.test('Elements are found by what a screen reader says of them', async (t) => {
  t.equal(textOf(byRole(page, 'heading', 'Mật khẩu')), 'Mật khẩu mạnh');
  t.equal(byRole(page, 'navigation', 'Trong khoá học').localName, 'nav');
  t.equal(byRole(page, 'textbox', 'Họ và tên').id, 'name');
  t.equal(byRole(page, 'checkbox', 'Vạn vật').getAttribute('value'), 'iot');
  t.equal(nameOf(byRole(page, 'group')), 'Bạn học gì?');
  t.equal(byRole(page, 'button', 'Lưu').getAttribute('name'), 'do');
  t.equal(allByRole(page, 'link').length, 1, 'an anchor that leads nowhere is no link');
});

t.test('What is not there, or there twice, is told with what there is', async (t) => {
  t.throws(() => byRole(page, 'button', 'Xoá'), { message: '0 elements are button “Xoá”. Here are: “Lưu”' });
  t.throws(() => byRole(page, 'heading'), /^2 elements are heading “”/);
});

t.test('HTML with an element left open is refused, since the parser would lose others', async (t) => {
  t.throws(() => parse('<select><option>1<option>2</select>'), /not closed/);
});

t.test('Text is what a reader sees', async (t) => {
  t.equal(textOf(byRole(page, 'main')).includes('ẩn'), false);
  t.match(textOf(byRole(page, 'main')), 'một hai Họ và tên');
});

t.test('A form is sent as a browser sends it', async (t) => {
  t.strictSame(formFields(byRole(page, 'form')), [
    ['name', 'Ánh & Tuyết'],
    ['topic', 'data'],
    ['month', '2'],
    ['year', '1999'],
    ['about', 'dòng một\ndòng hai'],
    ['revision', '3'],
    ['elsewhere', 'ngoài'],
  ]);
});
