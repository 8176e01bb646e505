import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { allSkills } from '../courses/frameworks.ts';
import type { CoursePackage, Item } from '../courses/package.ts';
import { levels, topics } from '../courses/topics.ts';
import type { Question } from '../quizzes/question.ts';
import { type Chance, chance } from './chance.ts';

const subjects = [
  'Bảng tính',
  'Thư điện tử',
  'Mua bán trên mạng',
  'Mật khẩu',
  'Ví điện tử',
  'Tìm việc',
  'Ảnh chụp',
  'Bản đồ',
  'Tin giả',
  'Dịch vụ công',
  'Cảm biến',
  'Máy chủ',
  'Số liệu',
  'Sao lưu',
  'Trang bán hàng',
  'Lịch mùa vụ',
  'Sổ thu chi',
  'Mạng nội bộ',
];
const aims = [
  'cho người mới bắt đầu',
  'cho tiểu thương',
  'cho người trồng cà phê',
  'từng bước một',
  'trên điện thoại',
  'không sợ nhầm',
  'cho cả nhà',
  'ở bản làng',
  'sau giờ làm',
  'để đi làm ngay',
  'qua ví dụ thật',
  'trong mười buổi tối',
];
const steps = [
  'Nhìn qua một lượt',
  'Những từ hay gặp',
  'Làm thử lần đầu',
  'Khi có gì không ổn',
  'Hỏi ai, hỏi thế nào',
  'Làm lại cho nhanh',
  'Giữ cho an toàn',
  'Chỉ lại cho người nhà',
  'Dùng trong việc của mình',
  'Xem lại tất cả',
  'Đi xa hơn',
  'Một ngày thực hành',
];
const sentences = [
  'Bạn không cần nhớ hết, chỉ cần biết tìm lại ở đâu.',
  'Hãy làm thử ngay trên máy của mình rồi mới đọc tiếp.',
  'Nếu thấy khác với hình, phiên bản của bạn có thể mới hơn.',
  'Người bán rau ở chợ làm việc này mỗi sáng, và chỉ mất hai phút.',
  'Làm sai ở đây không hỏng gì cả: bạn luôn quay lại được.',
  'Ghi điều quan trọng nhất ra giấy, bằng lời của chính bạn.',
  'Trước khi bấm, hãy đọc dòng chữ nhỏ ở dưới cùng.',
  'Có hai cách làm, và cách chậm hơn lại dễ nhớ hơn.',
];

/** A course as a reader of folders would give it, in Vietnamese and without pictures. */
export function coursePackage(seed: string, number: number, provider: string): CoursePackage {
  const random = chance(seed, 'course', number);
  const title = `${random.pick(subjects)} ${random.pick(aims)}, phần ${number + 1}`;
  const lessons = Array.from({ length: random.whole(6, 12) }, (_, index) => lesson(random, index, title));
  const items: Item[] = [...lessons, quiz(random, title)];
  const text = {
    title,
    summary: `${random.pick(sentences)} ${random.pick(sentences)}`,
    outcomes: [random.pick(sentences), random.pick(sentences)],
    html: paragraphs(random, 3),
    plain: '',
  };
  const id = `khoa-${String(number + 1).padStart(5, '0')}`;
  return {
    settings: {
      id,
      topic: random.pick(topics),
      level: random.pick(levels),
      hours: random.whole(2, 24) / 2,
      validMonths: random.happens(0.05) ? 24 : null,
      languages: ['vi'],
      provider,
      licence: 'CC-BY-4.0',
      skills: [random.pick(allSkills())],
      completion: { lessons: lessons.map(({ key }) => key), quizzes: ['final'], assignments: [] },
      signOff: false,
      items,
    },
    texts: { vi: { ...text, ...withoutPictures } },
    glossaries: {},
    items,
    pictures: new Map(),
    hash: createHash('sha256').update(`${seed}/${id}`).digest('hex'),
    files: new Map(),
  };
}

const withoutPictures = { pictures: [], pictureBytes: 0 };

function lesson(random: Chance, index: number, title: string): Item {
  const html = `<h2>${random.pick(steps)}</h2>${paragraphs(random, random.whole(6, 14))}`;
  const text = {
    title: `${random.pick(steps)}: ${title.toLowerCase()}`,
    html,
    plain: '',
    words: html.split(' ').length,
    terms: [],
    bytes: gzipSync(html).length,
  };
  return {
    key: `bai-${index + 1}`,
    kind: 'lesson',
    minutes: random.whole(4, 20),
    skills: [],
    texts: { vi: { ...text, ...withoutPictures } },
  };
}

function quiz(random: Chance, title: string): Item {
  const questions = Array.from({ length: random.whole(8, 12) }, (_, index) => question(random, index));
  const text = { title: `Bài kiểm tra: ${title.toLowerCase()}`, questions, bytes: 900 };
  return {
    key: 'final',
    kind: 'quiz',
    minutes: 10,
    skills: [],
    quiz: { pass: 60, attempts: null, shuffle: true, accents: 'ignore', case: 'ignore' },
    texts: { vi: { ...text, ...withoutPictures } },
  };
}

function question(random: Chance, index: number): Question {
  const common = {
    key: `q${index + 1}`,
    title: null,
    format: 'html' as const,
    text: `<p>${random.pick(sentences)} Điều nào đúng?</p>`,
    generalFeedback: null,
    tags: [],
    line: index + 1,
  };
  if (random.happens(0.25)) {
    return { ...common, type: 'truefalse', correct: random.happens(0.5), feedback: { right: null, wrong: null } };
  }
  const right = random.whole(0, 3);
  const options = Array.from({ length: 4 }, (_, place) => ({
    text: `${random.pick(steps)} (${place + 1})`,
    weight: place === right ? 100 : 0,
    feedback: null,
  }));
  return { ...common, type: 'choice', after: null, options };
}

function paragraphs(random: Chance, count: number): string {
  const paragraph = () => Array.from({ length: random.whole(2, 5) }, () => random.pick(sentences)).join(' ');
  return Array.from({ length: count }, () => `<p>${paragraph()}</p>`).join('');
}
