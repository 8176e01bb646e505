import sharp from 'sharp';
import { v7 as newId } from 'uuid';
import { keepFile } from '../../server/files/queries.ts';
import { drawSignature } from '../../server/organisations/signatories/signature.ts';
import type { TestApp } from '../support/app.ts';

/** As a phone takes it: strokes of a blue pen, on a sheet in a shadow, with what the camera writes down. */
export function photoOfSignature(format: 'png' | 'jpeg' | 'webp' = 'jpeg'): Promise<Buffer> {
  const strokes =
    'M200 520C260 300 330 300 330 430S250 640 300 560 420 380 450 470s-30 120 20 60 60-110 90-90-20 110 30 80';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="900">
    <linearGradient id="lamp"><stop offset="0" stop-color="#b9b2a0"/><stop offset="1" stop-color="#f0ece1"/></linearGradient>
    <rect width="1200" height="900" fill="url(#lamp)"/>
    <path d="${strokes}" fill="none" stroke="#1b2f7a" stroke-width="11"/>
  </svg>`;
  return sharp(Buffer.from(svg))
    .withExif({ IFD0: { Copyright: 'bí mật', GPSInfo: 'x' } })
    .toFormat(format)
    .toBuffer();
}

/** Somebody who signs for the organisation since long ago. */
export async function signatory(
  { app, db }: Pick<TestApp, 'app' | 'db'>,
  branch: { id: string },
  { name = 'Lê Thị Hồng Gấm', signs_from = '2020-01-01', signs_until = null as string | null } = {},
): Promise<{ id: string; signature_hash: string }> {
  const signature_hash = await keepFile(
    db,
    app.files,
    (await drawSignature(await photoOfSignature())) ?? Buffer.of(),
    'image/png',
  );
  const id = newId();
  await db
    .insertInto('signatories')
    .values({
      ...{ id, organisation_id: branch.id, name, title_vi: 'Giám đốc', title_en: 'Director' },
      ...{ signature_hash, signs_from, signs_until },
    })
    .execute();
  return { id, signature_hash };
}
