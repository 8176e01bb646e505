import type { Page } from 'playwright-core';
import type { Site } from './site.ts';

export async function listen({ app }: Site): Promise<string> {
  return app.listen({ port: 0, host: '127.0.0.1' });
}

async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(fields)) {
    const control = page.locator(`main [name=${name}]`);
    if (name === 'birth_month') await control.selectOption(value);
    else if (value === 'yes') await control.check();
    else await control.fill(value);
  }
}

export async function send(page: Page, fields: Record<string, string>): Promise<void> {
  await fill(page, fields);
  await page.locator('main form button:not([type=button])').first().click();
  await page.waitForLoadState();
}

export async function expireSessions({ db }: Site): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ expires_at: new Date(0) })
    .execute();
}
