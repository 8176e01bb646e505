import { type Entries, png } from './archives.ts';

const schema = '<schema>IMS Common Cartridge</schema><schemaversion>1.3.0</schemaversion>';

function resource(id: string, type: string, files: string[], inner = ''): string {
  return `<resource identifier="${id}" type="${type}" href="${files[0]}">${files.map((path) => `<file href="${path}"/>`).join('')}${inner}</resource>`;
}

function text(words: string, type = 'html'): string {
  return `<material><mattext texttype="text/${type}"><![CDATA[${words}]]></mattext></material>`;
}

function labels(words: Record<string, string>): string {
  const all = Object.entries(words).map(
    ([id, word]) => `<response_label ident="${id}">${text(word, 'plain')}</response_label>`,
  );
  return `<render_choice>${all.join('')}</render_choice>`;
}

function item(id: string, type: string, answers: string, rules: string, feedback = ''): string {
  const field = `<qtimetadatafield><fieldlabel>question_type</fieldlabel><fieldentry>${type}</fieldentry></qtimetadatafield>`;
  return `<item ident="${id}" title="Question"><itemmetadata><qtimetadata>${field}</qtimetadata></itemmetadata><presentation>${text(`<p>${id}? <img src="$IMS-CC-FILEBASE$/dot.png" alt="Một chấm"></p>`)}${answers}</presentation><resprocessing><outcomes><decvar maxvalue="100"/></outcomes>${rules}</resprocessing>${feedback}</item>`;
}

function rule(condition: string, score: number, action = 'Set'): string {
  return `<respcondition><conditionvar>${condition}</conditionvar><setvar action="${action}" varname="SCORE">${score}</setvar></respcondition>`;
}

function equal(value: string, response = 'r'): string {
  return `<varequal respident="${response}">${value}</varequal>`;
}

function says(value: string, words: string): string {
  return `<itemfeedback ident="${value}_fb"><flow_mat>${text(words)}</flow_mat></itemfeedback>`;
}

const single = (words: Record<string, string>) =>
  `<response_lid ident="r" rcardinality="Single">${labels(words)}</response_lid>`;
const typed = '<response_str ident="r"><render_fib/></response_str>';

const numbers = `<or>${equal('4.0')}<and><vargte respident="r">3.5</vargte><varlte respident="r">4.5</varlte></and></or>`;
const pair = (id: string, prompt: string) =>
  `<response_lid ident="${id}">${text(prompt, 'plain')}${labels({ x: 'Một', y: 'Hai', z: 'Ba' })}</response_lid>`;

const choice = item(
  'choice',
  'multiple_choice_question',
  single({ a: '1 < 2', b: '<b>' }),
  `<respcondition><conditionvar>${equal('b')}</conditionvar><displayfeedback linkrefid="b_fb"/></respcondition>${rule(equal('a'), 100)}`,
  `${says('b', '<p>Chưa đúng.</p>')}${says('correct', '<p>Giỏi!</p>')}${says('general', '<p>Vì thế.</p>')}`,
);

const quiz = [
  choice,
  item(
    'choices',
    'multiple_answers_question',
    single({ a: 'A', b: 'B', c: 'C' }),
    rule(`<and>${equal('a')}${equal('b')}<not>${equal('c')}</not></and>`, 100),
  ),
  item('truefalse', 'true_false_question', single({ a: 'True', b: 'False' }), rule(equal('b'), 100)),
  item('short', 'short_answer_question', typed, rule(equal('5 * 5') + equal('25'), 100)),
  item('number', 'numerical_question', typed, rule(numbers, 100)),
  item(
    'matching',
    'matching_question',
    pair('p', 'One') + pair('q', 'Two'),
    rule(equal('x', 'p'), 50, 'Add') + rule(equal('y', 'q'), 50, 'Add'),
  ),
  item('essay', 'essay_question', typed, ''),
  item('upload', 'file_upload_question', '', ''),
  item('formula', 'calculated_question', typed, ''),
  item('built', 'constructor', typed, ''),
  '<bankentry_item item_ref="drawn"/><bankentry_item item_ref="nowhere"/>',
];

function qti(inner: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2">${inner}</questestinterop>`;
}

/** One of each part that is known, and some that are not. */
export const cartridge: Entries = {
  'imsmanifest.xml': `<?xml version="1.0" encoding="UTF-8"?><manifest identifier="m" xmlns:lomimscc="http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest"><metadata>${schema}<lomimscc:lom><lomimscc:general><lomimscc:title><lomimscc:string>Khoá đèn dầu</lomimscc:string></lomimscc:title><lomimscc:language>vi</lomimscc:language></lomimscc:general></lomimscc:lom></metadata><organizations><organization identifier="o" structure="rooted-hierarchy"><item identifier="root"><item identifier="m1"><title>Phần một</title><item identifier="i1" identifierref="page"><title>Trang đầu</title></item><item identifier="i2" identifierref="link"><title>Đường dẫn</title></item><item identifier="i3"><title>Kiểm tra</title></item><item identifier="i4" identifierref="quiz"><title>Bài kiểm tra</title></item><item identifier="i5" identifierref="page"><title>Trang đầu</title></item></item><item identifier="m2"><title>Phần hai</title><item identifier="i6" identifierref="work"><title>Bài tập</title></item><item identifier="i7" identifierref="talk"><title>Thảo luận</title></item><item identifier="i8" identifierref="gone"><title>Không có</title></item></item></item></organization></organizations><resources>${[
    resource('page', 'webcontent', ['wiki_content/trang-dau.html']),
    resource('other', 'webcontent', ['wiki_content/khac.html']),
    resource('dot', 'webcontent', ['web_resources/dot.png']),
    resource('paper', 'webcontent', ['web_resources/to giay.pdf', 'web_resources/lost.pdf']),
    resource('link', 'imswl_xmlv1p3', ['link.xml']),
    resource(
      'quiz',
      'imsqti_xmlv1p2/imscc_xmlv1p3/assessment',
      ['quiz/assessment_qti.xml'],
      '<dependency identifierref="meta"/>',
    ),
    resource('meta', 'associatedcontent/imscc_xmlv1p3/learning-application-resource', [
      'quiz/assessment_meta.xml',
      'non_cc_assessments/quiz.xml.qti',
    ]),
    resource('bank', 'imsqti_xmlv1p2/imscc_xmlv1p3/question-bank', ['bank.xml']),
    resource('work', 'assignment_xmlv1p0', ['work/assignment.xml']),
    resource('work_fallback', 'webcontent', ['work/work.html'], '<variant identifier="v" identifierref="work"/>'),
    resource('talk', 'imsdt_xmlv1p3', ['talk.xml']),
    resource('tool', 'imsbasiclti_xmlv1p3', ['tool.xml']),
    resource('settings', 'associatedcontent/imscc_xmlv1p3/learning-application-resource', [
      'course_settings/rubrics.xml',
    ]),
  ].join('')}</resources></manifest>`,
  'wiki_content/trang-dau.html':
    '<html><head><title>Trang</title></head><body><p>Xem <a href="$WIKI_REFERENCE$/pages/khac">trang khác</a>, <a href="%24CANVAS_OBJECT_REFERENCE%24/assignments/work">bài tập</a>, <a href="$IMS-CC-FILEBASE$/to%20giay.pdf?canvas_download=1&amp;x=1">tờ giấy</a>.</p><p><img src="%24IMS-CC-FILEBASE%24/dot.png?canvas_=1" alt="Một chấm"></p></body></html>',
  'wiki_content/khac.html':
    '<html><head><title>Trang &amp; khác</title></head><body><p>Đèn khác. <a href="../wiki_content/trang-dau.html">Về đầu</a></p></body></html>',
  'web_resources/dot.png': png,
  'web_resources/to giay.pdf': 'pdf',
  'link.xml': '<webLink><title>Ngoài</title><url href="https://example.org/?a=1&amp;b=2" target="_blank"/></webLink>',
  'quiz/assessment_qti.xml': qti(
    `<assessment ident="quiz" title="Q"><section ident="root_section">${choice}</section></assessment>`,
  ),
  'quiz/assessment_meta.xml':
    '<quiz identifier="quiz"><title>Bài kiểm tra</title><description>&lt;p&gt;Làm từ từ.&lt;/p&gt;</description></quiz>',
  'non_cc_assessments/quiz.xml.qti': qti(
    `<assessment ident="quiz" title="Q"><section ident="root_section"><section ident="g" title="Nhóm"><selection_ordering><selection><selection_number>1</selection_number></selection></selection_ordering>${quiz.join('')}</section></section></assessment>`,
  ),
  'bank.xml': qti(
    `<objectbank ident="bank"><qtimetadata><qtimetadatafield><fieldlabel>bank_title</fieldlabel><fieldentry>Kho</fieldentry></qtimetadatafield></qtimetadata>${choice}${item('drawn', 'cc.fib.v0p1', typed, rule(equal('Đèn'), 100))}${item('more', 'true_false_question', single({ a: 'True', b: 'False' }), rule(equal('a'), 100))}</objectbank>`,
  ),
  'work/assignment.xml':
    '<assignment identifier="work"><title>Bài tập</title><text texttype="text/html">&lt;p&gt;Tả cái đèn.&lt;/p&gt;</text><extensions><assignment><rubric_identifierref>r1</rubric_identifierref></assignment></extensions></assignment>',
  'work/work.html': '<html><body><p>Tả cái đèn.</p></body></html>',
  'talk.xml': '<topic><title>Thảo luận</title><text>…</text></topic>',
  'tool.xml': '<cartridge_basiclti_link><title>Công cụ</title></cartridge_basiclti_link>',
  'course_settings/rubrics.xml':
    '<rubrics><rubric identifier="r1"><criteria><criterion><description>Tả rõ</description><ratings><rating><description>Rõ</description><points>5.0</points></rating><rating><description>Chưa rõ</description><points>0.0</points></rating></ratings></criterion></criteria></rubric></rubrics>',
};
