import { smallCourse } from '../support/small-course.ts';

/** The small course, whose quizzes ask for an order and for blanks alone. “Phản hồi-” and “Note-” stand in feedback. */
export const inParts = {
  ...smallCourse,
  'vi/final.gift': `$CATEGORY: Cuối khoá

// [id:order] [tag:lesson:first]
::Xếp::[markdown]Xếp các bước nấu cơm.{>4 ALL VERTICAL ABSOLUTE_POSITION SHOW none
Vo **gạo**
Đổ nước
Đun sôi
Xới cơm
####Phản hồi-chung-xếp.
}

// [id:gaps] [tag:lesson:second]
::Điền::[markdown]Sông {2:SHORTANSWER:=Hồng#Phản hồi-đúng-sông.~%50%Cái#Phản hồi-nửa-sông.} chảy qua {1:MULTICHOICE:=Hà Nội~Huế#Phản hồi-sai-phố.} và dài {1:NUMERICAL:=1149:10#Phản hồi-đúng-dài.} km.{####Phản hồi-chung-sông.}
`,
  'en/final.gift': `$CATEGORY: The end

// [id:order] [tag:lesson:first]
::Order::[markdown]Put the steps of cooking rice in order.{>4 ALL VERTICAL ABSOLUTE_POSITION SHOW none
Wash the **rice**
Pour the water
Bring it to the boil
Stir it up
####Note-for-all-order.
}

// [id:gaps] [tag:lesson:second]
::Fill::[markdown]The {2:SHORTANSWER:=Red#Note-right-river.~%50%Cai#Note-half-river.} river flows through {1:MULTICHOICE:=Ha Noi~Hue#Note-wrong-town.} and is {1:NUMERICAL:=1149:10#Note-right-length.} km long.{####Note-for-all-river.}
`,
};
