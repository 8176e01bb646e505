import type { FastifyInstance } from 'fastify';
import { keepFile } from '../files/queries.ts';
import { drawLogo } from '../organisations/logos/logo.ts';
import { setLogo } from '../organisations/logos/queries.ts';
import { getBranch } from '../organisations/managing/queries.ts';
import { insertSignatory } from '../organisations/signatories/queries.ts';
import { drawSignature } from '../organisations/signatories/signature.ts';
import { orNotFound } from '../platform/errors.ts';
import { signatory } from './story.ts';

/** Gives the organisation of the courses a logo and somebody who signs, as its managers would. */
export async function letterhead(
  { db, files }: Pick<FastifyInstance, 'db' | 'files'>,
  owner: { id: string },
): Promise<void> {
  const branch = await getBranch(db, owner, signatory.branch);
  const logo = orNotFound((await drawLogo(await pictureOf(logoSvg))) ?? undefined);
  const signature = orNotFound((await drawSignature(await pictureOf(signatureSvg))) ?? undefined);
  const logo_hash = await keepFile(db, files, logo.content, logo.mediaType);
  const signature_hash = await keepFile(db, files, signature, 'image/png');
  const { name, title_vi, title_en, signs_from, id } = signatory;
  await db.transaction().execute(async (trx) => {
    await setLogo(trx, branch, logo_hash, owner);
    const signs = { name, title_vi, title_en, signs_from, signs_until: null, signature_hash };
    await insertSignatory(trx, branch, id, signs, owner);
  });
}

async function pictureOf(svg: string): Promise<Buffer> {
  const sharp = (await import('sharp')).default;
  return sharp(Buffer.from(svg)).png().toBuffer();
}

/** A house of the highlands with a light in it, and the path to its door. */
const logoSvg = `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="480">
  <rect width="480" height="480" fill="#fff"/>
  <circle cx="240" cy="240" r="228" fill="#1c2c57"/>
  <path d="M70 246L240 96l170 150h-46v124H116V246z" fill="#9fb0dd"/>
  <path d="M196 370V262h88v108z" fill="#dcf164"/>
  <path d="M196 370q-60 40-96 42 60 44 140 44t140-44q-90-8-96-42z" fill="#f0f8c4"/>
</svg>`;

const signatureSvg = `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="360" fill="none" stroke="#1b2f7a" stroke-linecap="round">
  <rect width="900" height="360" fill="#fff" stroke="none"/>
  <path stroke-width="9" d="M60 120C150 80 260 74 350 84M214 84C190 170 168 240 128 282S66 300 84 262 210 196 250 140c24-36 34-62 22-64s-54 112-62 156 8 44 34 8
    34-50 42-44-14 50 6 52 40-42 46-50-4 46 16 46 36-24 48-52"/>
  <path stroke-width="9" d="M470 74c-10 70-40 150-52 196M566 60c-14 84-38 150-44 204M424 182c60-20 110-26 164-26M618 190c-40-12-64 30-56 54s46 4 56-46c-6 34-6 50 14 50
    70-10 130-62 210-70"/>
  <path stroke-width="8" d="M586 112l34 34"/>
</svg>`;
