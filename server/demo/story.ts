/** The people of the demonstration: nobody of them exists. Everything in it is in Vietnamese, as the courses are first. */

export const pin = '290817';
export const password = 'đom đóm thắp sáng bản làng';

export interface Branch {
  code: string;
  parent: string;
  name: string;
  kind: 'network' | 'association' | 'school' | 'centre' | 'partner_ngo' | 'employer';
  /** As in the national list of provinces. */
  place: string;
  about: string;
}

export const branches: Branch[] = [
  {
    code: 'ban_sang',
    parent: 'domdom',
    name: 'Mạng lưới Bản Sáng',
    kind: 'partner_ngo',
    place: 'Sơn La',
    about: 'Đưa kỹ năng số về các bản vùng cao, mỗi tối một giờ ở nhà văn hoá.',
  },
  {
    code: 'ban_sang_moc_chau',
    parent: 'ban_sang',
    name: 'Trung tâm Học tập cộng đồng Bản Sáng Mộc Châu',
    kind: 'centre',
    place: 'Sơn La',
    about: 'Lớp tối thứ Ba và thứ Năm, có máy tính và điện thoại cho người chưa có.',
  },
  {
    code: 'song_hau',
    parent: 'domdom',
    name: 'Hội Tin học trẻ Sông Hậu',
    kind: 'association',
    place: 'Cần Thơ',
    about: 'Sinh viên tình nguyện dạy nghề công nghệ cho bạn bè đồng trang lứa.',
  },
];

/** Who signs the certificates of the courses that come with the platform. */
export const signatory = {
  id: '0199a000-0000-7000-8000-00000000d0d0',
  branch: 'domdom',
  name: 'Phạm Thu Hà',
  title_vi: 'Điều phối viên',
  title_en: 'Coordinator',
  signs_from: '2020-01-01',
};

export interface Character {
  name: string;
  phone: string;
  birth: [year: number, month: number];
  role: 'owner' | 'manager' | 'mentor' | 'learner';
  branch: string;
}

const staff: Character[] = [
  { name: 'Phạm Thu Hà', phone: '0912000001', birth: [1984, 3], role: 'owner', branch: 'domdom' },
  { name: 'Lò Văn Thuận', phone: '0912000002', birth: [1979, 11], role: 'manager', branch: 'ban_sang' },
  { name: 'Nguyễn Thị Bích Ngọc', phone: '0912000003', birth: [1990, 6], role: 'manager', branch: 'song_hau' },
  { name: 'Hà Thị Mai', phone: '0912000004', birth: [1996, 1], role: 'mentor', branch: 'ban_sang_moc_chau' },
  { name: 'Vì Văn Khánh', phone: '0912000005', birth: [1963, 9], role: 'mentor', branch: 'ban_sang_moc_chau' },
];

export type Deed =
  /** The first lessons and quizzes of a course, so many of them. */
  | { course: string; items: number }
  | { course: string; all: true }
  /** Handed in with so few answers that it is not passed. */
  | { course: string; failed: string; times: number }
  | { course: string; stuckAt: string; words: string };

export interface Learner extends Character {
  /** Whether they learn in the evening class, or by themselves. */
  inCohort: boolean;
  deeds: Deed[];
  /** How long ago all that was. */
  daysAgo: number;
}

const first = 'tu-tin-dung-internet';
const second = 'an-toan-tren-mang';

/** @param number makes the phone */
function learner(
  number: number,
  name: string,
  birth: [number, number],
  deeds: Deed[],
  { daysAgo = 0, inCohort = true, branch = 'ban_sang_moc_chau' } = {},
): Learner {
  const phone = `09120001${String(number).padStart(2, '0')}`;
  return { name, phone, birth, role: 'learner', branch, inCohort, deeds, daysAgo };
}

/** Learners at every stage; the first five of the class come to one mentor, the others to the next. */
export const learners: Learner[] = [
  learner(
    1,
    'Lường Thị Xuân',
    [2008, 2],
    [
      { course: first, all: true },
      { course: second, items: 4 },
    ],
  ),
  learner(2, 'Quàng Văn Toàn', [1972, 8], [], { daysAgo: 4 }),
  learner(3, 'Cà Thị Ánh Nguyệt', [2001, 5], [{ course: first, items: 3 }], { daysAgo: 9 }),
  learner(
    4,
    'Bạc Cầm Hùng',
    [1988, 12],
    [
      { course: first, items: 6 },
      { course: first, failed: 'final', times: 2 },
    ],
  ),
  learner(
    5,
    'Lèo Thị Thanh Huyền',
    [2007, 7],
    [
      { course: first, items: 2 },
      { course: first, stuckAt: 'searching', words: 'Em tìm mãi không thấy chỗ lọc kết quả theo ngày.' },
    ],
  ),
  learner(6, 'Điêu Chính Nam', [1995, 10], [{ course: first, items: 5 }], { daysAgo: 2 }),
  learner(7, 'Tòng Thị Hặc', [1958, 4], [{ course: first, items: 1 }], { daysAgo: 5 }),
  learner(
    8,
    'Mùa A Páo',
    [2009, 1],
    [
      { course: first, all: true },
      { course: second, all: true },
    ],
  ),
  learner(9, 'Hoàng Thị Thuỷ Tiên', [2012, 9], [{ course: first, items: 4 }]),
  learner(10, 'Sộng A Chứ', [1999, 3], [{ course: first, items: 2 }], { daysAgo: 1 }),
  learner(11, 'Trần Minh Quân', [2005, 6], [{ course: 'devops-cho-nguoi-moi', items: 4 }], {
    inCohort: false,
    branch: 'song_hau',
  }),
  learner(12, 'Lê Ngọc Bảo Châu', [2003, 11], [{ course: 'bat-dau-voi-du-lieu', all: true }], {
    inCohort: false,
    branch: 'song_hau',
  }),
];

/** A class of the summer that has ended: all five finished, so that its mentor has a certificate too. */
export const graduates: Learner[] = ['Lò Thị Mận', 'Hà Văn Piệng', 'Cầm Thị Nết', 'Tráng A Dế', 'Vàng Thị Sua'].map(
  (name, index) => learner(21 + index, name, [1990 + index, 4], [{ course: first, all: true }]),
);

export const characters: Character[] = [...staff, ...graduates, ...learners];

export const summer = {
  name: 'Lớp hè, nhà văn hoá bản Áng',
  branch: 'ban_sang_moc_chau',
  courses: [first],
  questions: [],
  mentor: 'Hà Thị Mai',
  days: 60,
  minutes: 90,
};

export const cohort = {
  name: 'Lớp tối thứ Ba, nhà văn hoá bản Áng',
  branch: 'ban_sang_moc_chau',
  courses: [first, second],
  questions: [{ words: 'Bạn thường dùng điện thoại hay máy tính?', is_required: false }],
};

/** What some of them have said about themselves: it shows in who guides whom, and why. */
export const wishes = [
  { name: 'Hà Thị Mai', languages: ['vi', 'blt'], hours: ['weekday_evening'] },
  { name: 'Vì Văn Khánh', languages: ['vi', 'hmn'], hours: ['weekday_evening', 'weekend_day'] },
  { name: 'Sộng A Chứ', languages: ['hmn', 'vi'], hours: ['weekday_evening'] },
  { name: 'Hoàng Thị Thuỷ Tiên', languages: ['blt', 'vi'], hours: ['weekday_evening'] },
];

/** Every Tuesday evening from the next one on. */
export const meetings = {
  by: 'Hà Thị Mai',
  weeks: 4,
  time: '19:30',
  minutes: 90,
  place: 'Nhà văn hoá bản Áng',
  note: 'Ai có điện thoại hay máy tính thì mang theo, nhớ sạc đầy pin.',
};

export const announcement = {
  by: 'Hà Thị Mai',
  text: {
    title: 'Tối thứ Ba học về mật khẩu',
    words:
      'Chào cả lớp,\n\nTối thứ Ba mình cùng làm bài “Mật khẩu mạnh mà không phải nhớ nhiều”. Bạn nào có sim mới thì mang theo để đăng ký luôn.\n\nBận thì nhắn cho mình biết nhé.',
  },
};

/** After so many days the next step is due. */
export const checkIns = [
  {
    about: 'Bạc Cầm Hùng',
    sharing: 'shared',
    minutes: 15,
    note: 'Hai lần chưa qua bài kiểm tra cuối khoá vì đọc vội. Đã cùng xem lại các câu sai.',
    next_step: 'Học lại bài về đường dẫn rồi làm bài kiểm tra lần nữa',
    days: 3,
  },
  {
    about: 'Cà Thị Ánh Nguyệt',
    sharing: 'private',
    minutes: 10,
    note: 'Nhà đang mùa thu hoạch, tối nào cũng về muộn. Hẹn gọi lại khi xong mùa.',
    next_step: 'Học một bài ngắn mỗi tuần cho khỏi quên',
    days: 7,
  },
] as const;

export const question = {
  by: 'Điêu Chính Nam',
  course: first,
  lesson: 'searching',
  words: 'Tìm giá ngô hôm nay toàn ra bài của năm ngoái. Làm sao chỉ xem bài mới?',
  answers: [
    { by: 'Mùa A Páo', words: 'Bạn bấm “Công cụ” dưới ô tìm kiếm, rồi chọn “Trong tuần qua” nhé.' },
    { by: 'Hà Thị Mai', words: 'Páo nói đúng. Nhớ xem thêm ngày ghi trên bài nữa.' },
  ],
};

export const messages = [
  {
    with: 'Mùa A Páo',
    lines: [
      { from: 'learner', words: 'Chị ơi, em nhận được giấy chứng nhận thứ hai rồi!' },
      { from: 'mentor', words: 'Giỏi quá Páo ơi. Em có muốn giúp các bạn mới trong lớp tối thứ Ba không?' },
    ],
  },
] as const;
