import type { Chance } from './chance.ts';

/** Family names, about as often as they are met. */
const families = [
  ...Array.from({ length: 31 }, () => 'Nguyễn'),
  ...Array.from({ length: 11 }, () => 'Trần'),
  ...Array.from({ length: 10 }, () => 'Lê'),
  ...Array.from({ length: 7 }, () => 'Phạm'),
  ...['Hoàng', 'Hoàng', 'Huỳnh', 'Huỳnh', 'Phan', 'Phan', 'Vũ', 'Vũ', 'Võ', 'Võ', 'Đặng', 'Đặng', 'Bùi', 'Bùi'],
  ...['Đỗ', 'Hồ', 'Ngô', 'Dương', 'Lý', 'Đinh', 'Trịnh', 'Đoàn', 'Mai', 'Lương', 'Tạ', 'Châu', 'Cao', 'Thạch'],
  ...['Lò', 'Vàng', 'Giàng', 'Sùng', 'Hà', 'Quàng', 'Nông', 'Triệu', 'Rơ Châm', 'Y'],
];
const middles = {
  women: ['Thị', 'Thị', 'Thị', 'Thị Thu', 'Ngọc', 'Thị Thanh', 'Bích', 'Thuỳ', 'Minh', 'Phương', 'Thị Kim', ''],
  men: ['Văn', 'Văn', 'Văn', 'Đức', 'Hữu', 'Quang', 'Minh', 'Công', 'Thanh', 'Xuân', 'Quốc', ''],
};
const givens = {
  women:
    'An Anh Ánh Bình Châu Chi Cúc Diễm Diệp Dung Duyên Giang Hà Hạnh Hằng Hiền Hoa Hoà Hồng Huệ Hương Khánh Lan Liên Linh Loan Ly Mai My Nga Ngân Nguyệt Nhi Nhung Oanh Phượng Quỳnh Sen Tâm Thảo Thắm Thoa Thuý Thư Trang Trâm Trinh Tuyết Uyên Vân Xuân Yến',
  men: 'An Anh Bảo Bình Chiến Cường Danh Dũng Duy Đạt Định Đông Giang Hải Hiếu Hoàng Hùng Huy Hưng Khang Khánh Khoa Kiên Lâm Lộc Long Lợi Mạnh Minh Nam Nghĩa Nhân Phát Phong Phú Phúc Quân Quý Sơn Tài Tâm Thành Thắng Thịnh Tiến Toàn Trung Trường Tuấn Tùng Việt Vinh',
};
const givenNames = { women: givens.women.split(' '), men: givens.men.split(' ') };

/** A name as many bear it; that nobody in particular is meant, follows from there being so many. */
export function fullName(random: Chance): string {
  const kind = random.happens(0.54) ? 'women' : 'men';
  const parts = [random.pick(families), random.pick(middles[kind]), random.pick(givenNames[kind])];
  return parts.filter(Boolean).join(' ');
}
