import t from 'tap';
import { endsIn, timed } from '../attempts/timed.ts';
import { browserPage } from '../support/browser.ts';
import { learner, publish, startAttempt } from '../support/learners.ts';
import { rightAnswers } from '../support/small-course.ts';
import { listeningSite } from './site.ts';
import { answerQuestion, press, untilHeading } from './steps.ts';

for (const javaScriptEnabled of [true, false]) {
  t.test(
    `A quiz with a time limit ${javaScriptEnabled ? 'counts its minutes, and saves what stands there when they are gone' : 'says when it ends, without scripts'}`,
    async (t) => {
      const site = await listeningSite(t);
      await publish(t, site, timed);
      const lan = await learner(site);
      const attempt = await startAttempt(lan);
      const page = await browserPage(t, { javaScriptEnabled });
      const cookies = [...lan.cookies].map(([name, value]) => ({ name, value, url: site.origin }));
      await page.context().addCookies(cookies);
      await page.goto(`${site.origin}${attempt}`);
      await page.getByText(/Hết giờ lúc \d\d:\d\d\./).waitFor();
      if (!javaScriptEnabled) {
        t.notMatch(await page.locator('main').innerText(), 'Còn');
        return;
      }
      await page.getByText('Còn 20 phút.').waitFor();
      await endsIn(site, attempt, 290);
      await answerQuestion(page.locator('fieldset'), rightAnswers);
      await press(page, 'Lưu và sang câu 2');
      await page.getByText('Câu 2 trên 7').waitFor();
      await page.getByText('Còn 5 phút.').waitFor();
      await endsIn(site, attempt, 4);
      await page.reload();
      await page.getByText('Còn 1 phút.').waitFor();
      await answerQuestion(page.locator('fieldset'), rightAnswers);
      await untilHeading(page, 'Hết giờ rồi');
      t.match(await page.locator('main').innerText(), '2 trên 7 câu');
      await press(page, 'Nộp bài');
      await page.getByText(/Hết giờ lúc .* bài đã được nộp/).waitFor();
    },
  );
}
