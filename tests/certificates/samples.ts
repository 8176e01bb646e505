import type { Standing } from '../../server/certificates/paper.ts';
import type { PrintedCourseCertificate, PrintedMentoringCertificate } from '../../server/certificates/printed.ts';

const circular = {
  code: 'tt02-2025',
  names: { vi: 'Thông tư 02/2025/TT-BGDĐT', en: 'Circular 02/2025/TT-BGDĐT' },
};

export const valid: Standing = { revokedOn: null, isExpired: false };
export const revoked: Standing = { ...valid, revokedOn: '2026-12-01' };
export const expired: Standing = { ...valid, isExpired: true };

export const sample: PrintedCourseCertificate = {
  format: 1,
  code: 'K7D4MPX9QRT36H',
  languages: ['vi', 'en'],
  holder: 'Nguyễn Thị Bé An',
  course: {
    titles: { vi: 'An toàn mạng cho mọi người', en: 'Online safety for everyone' },
    version: 2,
    hours: 3,
    lessons: 7,
  },
  score: 92,
  skills: [
    { framework: circular, code: '4.1', names: { vi: 'Bảo vệ thiết bị', en: 'Protecting devices' } },
    { framework: circular, code: '4.4', names: { vi: 'Bảo vệ môi trường', en: 'Protecting the environment' } },
  ],
  issuedOn: '2026-11-20',
  provider: { code: 'long-xuyen', name: 'Trung tâm học tập cộng đồng Long Xuyên' },
  trial: false,
  verifyUrl: 'https://domdom.example.org/v/K7D4MPX9QRT36H',
};

/** Everything as long as it may get. */
export const longest: PrintedCourseCertificate = {
  ...sample,
  holder: 'Nguyễn '.repeat(29).slice(0, 200).trim(),
  course: {
    ...sample.course,
    titles: { vi: 'Bảo vệ dữ liệu khách hàng '.repeat(8).trim(), en: 'Protecting customer data '.repeat(8).trim() },
  },
  skills: Array.from({ length: 24 }, (_, index) => ({
    framework: circular,
    code: `${index}.1`,
    names: { vi: 'Sử dụng công nghệ số để thực hiện trách nhiệm công dân', en: 'Engaging in citizenship online' },
  })),
  provider: { code: 'lien-hiep', name: 'Liên hiệp các hội khoa học và kỹ thuật '.repeat(4).trim() },
  assessor: { name: 'Trần '.repeat(40).trim(), role: 'mentor', on: '2026-11-20' },
  trial: true,
  verifyUrl: `https://hoc-tap-suot-doi.trung-tam-long-xuyen.angiang.edu.example.vn/v/K7D4MPX9QRT36H`,
};

const { course: _, ...common } = sample;
export const mentored: PrintedMentoringCertificate = {
  ...common,
  mentoring: { titles: { vi: 'Tổ 5, Long Xuyên' }, hours: 12.5, mentees: 6, from: '2026-03-01', until: '2026-06-30' },
  score: null,
  skills: [],
};
