import type { Character } from './story.ts';

/** Somebody who learns by themselves. */
export interface Reader extends Pick<Character, 'name' | 'phone' | 'birth'> {
  /** How many of the first items they have done. */
  items: number;
  /** Of the questions they know so many; 0 to 1. */
  skill: number;
  daysAgo: number;
}

export const readersCourse = 'tu-tin-dung-internet';

/** They come in no list of sign-ins: what they did shows in the numbers of their course. */
export const readers: Reader[] = [
  ['Võ Thị Ngọc Ánh', 2004, 99, 0.95, 12],
  ['Đinh Công Thành', 1998, 99, 0.85, 18],
  ['Huỳnh Kim Yến', 2006, 99, 0.9, 25],
  ['Ngô Quốc Bảo', 1985, 99, 0.7, 33],
  ['Bùi Thị Hoa', 1977, 99, 0.5, 41],
  ['Thạch Sô Phia', 2007, 99, 0.8, 48],
  ['Đặng Hữu Phước', 1969, 99, 0.4, 62],
  ['Phan Thị Mỹ Linh', 2002, 99, 0.6, 70],
  ['Kim Thị Sa Rây', 2001, 5, 0.6, 45],
  ['Hồ Văn Đực', 1959, 2, 0.3, 52],
  ['Lý Thị Mẩy', 1994, 2, 0.5, 66],
  ['Tạ Minh Khang', 2008, 3, 0.7, 75],
  ['Cao Thị Bền', 1966, 0, 0.3, 83],
].map(([name, year, items, skill, daysAgo], index) => ({
  name: String(name),
  phone: `09120002${String(index + 1).padStart(2, '0')}`,
  birth: [Number(year), 5],
  items: Number(items),
  skill: Number(skill),
  daysAgo: Number(daysAgo),
}));
