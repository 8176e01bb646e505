import t from 'tap';
import { roles } from '../../server/organisations/access.ts';
import { type Client, client, type Page } from '../support/client.ts';
import { signedIn } from '../support/people.ts';
import { type Route, testAppWithRoutes } from './route-list.ts';
import { type Actor, actors, world } from './world.ts';

/**
 * Who gets what, route by route: an answer, and those who get it. `rest`: everybody whom the line does not name; `managers`: the last
 * five; `sign-in`: led to the sign-in page. They ask in the order above, forms empty but for `fields` below. A new route needs a line
 * here.
 */
const table = `
GET /assets/:name                                                     200 all
GET /healthz                                                          200 all
GET /readyz                                                           200 all
GET /metrics                                                          404 all

GET /                                                                 200 all
GET /courses                                                          200 all
GET /courses/:slug                                                    200 all
GET /courses/:slug/pictures/:file                                     404 stranger signed-in elsewhere · 200 rest
GET /courses/:slug/lessons/:key                                       200 all
GET /courses/:slug/glossary                                           200 all
GET /paths                                                            200 all
GET /paths/:slug                                                      200 all
GET /skills                                                           200 all
GET /skills/:framework/:code                                          200 all
GET /certificates/:file                                               200 all
GET /organisations/:code/did.json                                     200 all
GET /organisations/:code/revocations/:list                            404 all
GET /v/:code                                                          302 all
GET /verify                                                           200 all
POST /verify                                                          422 all
GET /verify.html                                                      200 all
GET /organisations/:code                                              200 all
GET /organisations/:code/logo/:file                                   200 all
GET /join                                                             200 all
GET /join/:code                                                       200 all
GET /invitations/:token                                               200 all
POST /preferences/language                                            303 all
POST /preferences/data-saving                                         303 all
GET /calendars/:file                                                  404 all
GET /shared/:token                                                    404 all
GET /profiles/:code                                                   404 all
GET /shared/:token/transcript.pdf                                     404 all
GET /organisations/:code/announcements.atom                           200 all
GET /courses/:slug/announcements.atom                                 200 all
GET /announcement-letters/:token                                      404 all
POST /announcement-letters/:token                                     404 all
GET /announcements/:code                                              sign-in stranger · 200 learner mentor manager above owner · 404 rest
GET /privacy                                                          200 all
GET /sign-up                                                          200 stranger · 303 rest
POST /sign-up                                                         422 all
GET /sign-in                                                          200 stranger · 303 rest
POST /sign-in                                                         422 all
GET /sign-in/person                                                   303 all
POST /sign-in/person                                                  303 all
GET /sign-in/password                                                 303 all
POST /sign-in/password                                                303 all
GET /sign-in/recovery                                                 200 all
POST /sign-in/recovery                                                422 all
GET /sign-in/passkey                                                  303 all
POST /sign-in/passkey                                                 422 all
POST /sign-in/passkey/challenge                                       200 all
GET /sign-in/second-factor                                            303 all
POST /sign-in/second-factor/challenge                                 404 all
POST /sign-in/second-factor                                           303 all
GET /sign-in/first-steps                                              303 all
POST /sign-in/first-steps                                             303 all
GET /sign-in/recovery-mail                                            200 all
POST /sign-in/recovery-mail                                           422 all
GET /sign-in/recovery/:token                                          404 all
POST /sign-in/recovery/:token                                         404 all
GET /email-confirmations/:token                                       404 all
POST /email-confirmations/:token                                      404 all
GET /consent/:token                                                   404 all
POST /consent/:token                                                  404 all
POST /sign-out                                                        303 all
GET /owner-link/:token                                                404 all
POST /owner-link/:token                                               404 all

POST /courses/:slug/enrolment                                         sign-in stranger · 303 rest
GET /courses/:slug/renewal                                            sign-in stranger · 404 rest
POST /courses/:slug/renewal                                           sign-in stranger · 303 rest
GET /courses/:slug/version                                            sign-in stranger · 404 rest
POST /courses/:slug/version                                           sign-in stranger · 303 rest
GET /courses/:slug/closing                                            sign-in stranger · 200 owner · 404 rest
POST /courses/:slug/closing                                           sign-in stranger · 303 owner · 404 rest
POST /courses/:slug/closing/remove                                    sign-in stranger · 303 owner · 404 rest
POST /courses/:slug/lessons/:key/completion                           sign-in stranger · 303 learner · 403 rest
GET /courses/:slug/quizzes/:key                                       sign-in stranger · 200 rest
POST /courses/:slug/quizzes/:key/attempts                             sign-in stranger · 303 learner · 403 rest
GET /courses/:slug/quizzes/:key/trial                                 sign-in stranger · 303 learner · 403 signed-in elsewhere · 200 rest
POST /courses/:slug/quizzes/:key/trial                                sign-in stranger · 303 learner · 403 signed-in elsewhere · 422 rest
GET /courses/:slug/quizzes/:key/corrections                           sign-in stranger · 200 owner · 404 rest
GET /courses/:slug/quizzes/:key/corrections/:question                 sign-in stranger · 200 owner · 404 rest
POST /courses/:slug/quizzes/:key/corrections/:question                sign-in stranger · 422 owner · 404 rest
GET /courses/:slug/statistics                                         sign-in stranger · 200 owner · 404 rest
GET /courses/:slug/statistics.csv                                     sign-in stranger · 200 owner · 404 rest
GET /courses/:slug/statistics.xlsx                                    sign-in stranger · 200 owner · 404 rest
GET /courses/:slug/statistics/:key                                    sign-in stranger · 200 owner · 404 rest
GET /courses/:slug/statistics/:key/:question                          sign-in stranger · 200 owner · 404 rest
GET /courses/:slug/assignments/:key                                   sign-in stranger · 200 rest
GET /courses/:slug/sign-off                                           sign-in stranger · 200 learner · 404 rest
POST /courses/:slug/sign-off/requests                                 sign-in stranger · 303 learner · 404 rest
GET /sign-offs                                                        sign-in stranger · 404 signed-in elsewhere learner · 200 rest
GET /sign-offs/:id                                                    sign-in stranger · 200 mentor manager above owner · 404 rest
POST /sign-offs/:id/decisions                                         sign-in stranger · 422 mentor manager above owner · 404 rest
POST /sign-offs/:id/withdrawal                                        sign-in stranger · 409 mentor manager above owner · 404 rest
GET /essays                                                           sign-in stranger · 404 signed-in elsewhere learner · 200 rest
GET /essays/:id                                                       sign-in stranger · 200 mentor manager above owner · 404 rest
POST /essays/:id/claim                                                sign-in stranger · 303 mentor manager above owner · 404 rest
POST /essays/:id/claim/remove                                         sign-in stranger · 303 mentor manager above owner · 404 rest
POST /essays/:id/markings                                             sign-in stranger · 422 mentor manager above owner · 404 rest
POST /courses/:slug/assignments/:key/submissions                      sign-in stranger · 422 learner · 403 rest
OPTIONS /courses/:slug/assignments/:key/uploads                       sign-in stranger · 204 rest
POST /courses/:slug/assignments/:key/uploads                          sign-in stranger · 412 learner · 403 rest
HEAD /uploads/:id                                                     sign-in stranger · 412 learner · 404 rest
PATCH /uploads/:id                                                    sign-in stranger · 412 learner · 404 rest
POST /uploads/:id                                                     sign-in stranger · 412 learner · 404 rest
GET /submissions/:id/files/:file                                      sign-in stranger · 200 learner mentor manager above owner · 404 rest
GET /attempts/:id                                                     sign-in stranger · 200 learner · 404 rest
GET /attempts/:id/answers                                             sign-in stranger · 303 learner · 404 rest
POST /attempts/:id/answers                                            sign-in stranger · 303 learner · 404 rest
GET /attempts/:id/submission                                          sign-in stranger · 200 learner · 404 rest
POST /attempts/:id/submission                                         sign-in stranger · 303 learner · 404 rest
GET /attempts/:id/result                                              sign-in stranger · 303 learner · 404 rest
GET /learning                                                         sign-in stranger · 200 rest
GET /learning/skills                                                  sign-in stranger · 200 rest
GET /learning/transcript                                              sign-in stranger · 200 rest
GET /learning/shared                                                  sign-in stranger · 200 rest
GET /learning/shared/new                                              sign-in stranger · 200 rest
POST /learning/shared                                                 sign-in stranger · 422 rest
POST /learning/shared/:id/withdrawal                                  sign-in stranger · 404 rest
GET /learning/profile                                                 sign-in stranger · 200 rest
POST /learning/profile                                                sign-in stranger · 303 rest
POST /learning/profile/withdrawal                                     sign-in stranger · 303 rest
GET /courses/:slug/progress                                           sign-in stranger · 200 learner · 404 rest
GET /account                                                          sign-in stranger · 200 rest
GET /account/wishes                                                   sign-in stranger · 200 rest
POST /account/wishes                                                  sign-in stranger · 303 rest
GET /account/card                                                     sign-in stranger · 200 rest
GET /account/name                                                     sign-in stranger · 200 rest
POST /account/name                                                    sign-in stranger · 422 rest
GET /account/contact                                                  sign-in stranger · 200 rest
POST /account/contact                                                 sign-in stranger · 303 rest
GET /account/secret                                                   sign-in stranger · 200 rest
POST /account/secret                                                  sign-in stranger · 422 rest
GET /account/recovery-code                                            sign-in stranger · 200 rest
POST /account/recovery-code                                           sign-in stranger · 422 rest
GET /account/sessions                                                 sign-in stranger · 200 rest
POST /account/sessions/:session/remove                                sign-in stranger · 303 rest
POST /account/email-confirmation                                      sign-in stranger · 303 rest
GET /account/confirmation                                             sign-in stranger · 200 rest
POST /account/confirmation                                            sign-in stranger · 422 rest
POST /account/confirmation/challenge                                  sign-in stranger · 200 rest
GET /account/passkeys                                                 sign-in stranger · 200 rest
POST /account/passkeys                                                sign-in stranger · 422 rest
POST /account/passkeys/challenge                                      sign-in stranger · 200 rest
POST /account/passkeys/:id/name                                       sign-in stranger · 404 rest
POST /account/passkeys/:id/remove                                     sign-in stranger · 404 rest
GET /account/second-factor                                            sign-in stranger · 200 rest
GET /account/second-factor/new                                        sign-in stranger · 200 rest
POST /account/second-factor                                           sign-in stranger · 303 rest
POST /account/second-factor/passkey                                   sign-in stranger · 303 rest
POST /account/second-factor/codes                                     sign-in stranger · 303 rest
POST /account/second-factor/remove                                    sign-in stranger · 303 rest
GET /account/consents                                                 sign-in stranger · 200 rest
GET /account/consents/paper                                           sign-in stranger · 200 rest
POST /account/consents                                                sign-in stranger · 303 rest
GET /account/data                                                     sign-in stranger · 200 rest
GET /account/data/archive                                             sign-in stranger · 200 rest
POST /account/data/requests                                           sign-in stranger · 422 rest
GET /account/deletion                                                 sign-in stranger · 200 rest
POST /account/deletion                                                sign-in stranger · 422 rest
POST /join/:code/request                                              sign-in stranger · 303 rest
POST /invitations/:token/acceptance                                   sign-in stranger · 303 signed-in · 404 rest
GET /account/organisations                                            sign-in stranger · 200 rest
POST /account/organisations/memberships/:id/remove                    sign-in stranger · 303 learner · 404 rest
POST /account/organisations/requests/:id/remove                       sign-in stranger · 303 signed-in · 404 rest
GET /admin/organisations/:code/requests                               sign-in stranger · 200 mentor manager above owner · 404 rest
POST /admin/organisations/:code/requests                              sign-in stranger · 303 mentor manager above owner · 404 rest

GET /announcements                                                    sign-in stranger · 200 rest
POST /announcements/:code/reading                                     sign-in stranger · 303 learner mentor manager above owner · 404 rest
GET /announcements/:code/settings                                     sign-in stranger · 200 mentor manager above owner · 403 learner · 404 rest
POST /announcements/:code/settings                                    sign-in stranger · 422 mentor manager above owner · 403 learner · 404 rest
POST /announcements/:code/withdrawal                                  sign-in stranger · 303 mentor manager above owner · 403 learner · 404 rest
GET /account/announcements                                            sign-in stranger · 200 rest
POST /account/announcements                                           sign-in stranger · 303 rest
GET /cohorts/:id/announcements                                        sign-in stranger · 200 mentor manager above owner · 404 rest
GET /cohorts/:id/announcements/new                                    sign-in stranger · 200 mentor manager above owner · 404 rest
POST /cohorts/:id/announcements                                       sign-in stranger · 422 mentor manager above owner · 404 rest
GET /cohorts/:id/announcements/digest                                 sign-in stranger · 200 mentor manager above owner · 404 rest
GET /admin/organisations/:code/announcements                          sign-in stranger · 200 manager above owner · 404 rest
GET /admin/organisations/:code/announcements/new                      sign-in stranger · 200 manager above owner · 404 rest
POST /admin/organisations/:code/announcements                         sign-in stranger · 422 manager above owner · 404 rest
GET /cohorts                                                          sign-in stranger · 200 rest
GET /cohorts/new                                                      sign-in stranger · 200 manager above owner · 404 rest
POST /cohorts                                                         sign-in stranger · 422 manager above owner · 404 rest
GET /cohorts/:id                                                      sign-in stranger · 200 learner mentor manager above owner · 404 rest
GET /cohorts/:id/settings                                             sign-in stranger · 200 manager above owner · 403 mentor · 404 rest
POST /cohorts/:id/settings                                            sign-in stranger · 422 manager above owner · 403 mentor · 404 rest
POST /cohorts/:id/closing                                             sign-in stranger · 303 manager above owner · 403 mentor · 404 rest
GET /cohorts/:id/requests                                             sign-in stranger · 200 mentor manager above owner · 404 rest
POST /cohorts/:id/requests                                            sign-in stranger · 303 mentor manager above owner · 404 rest
POST /cohorts/:id/requests/own/remove                                 sign-in stranger · 303 signed-in · 404 rest
GET /cohorts/:id/members/new                                          sign-in stranger · 200 mentor manager above owner · 404 rest
POST /cohorts/:id/members                                             sign-in stranger · 422 mentor manager above owner · 404 rest
GET /cohorts/:id/members/:member                                      sign-in stranger · 200 mentor manager above owner · 404 rest
POST /cohorts/:id/members/:member/remove                              sign-in stranger · 303 mentor · 404 rest
POST /cohorts/:id/members/:member/one-time-pin                        sign-in stranger · 404 rest
POST /cohorts/:id/departure                                           sign-in stranger · 303 learner · 403 mentor manager above owner · 404 rest
GET /cohorts/:id/people/new                                           sign-in stranger · 200 mentor manager above owner · 404 rest
POST /cohorts/:id/people                                              sign-in stranger · 422 mentor manager above owner · 404 rest
GET /cohorts/:id/mentors                                              sign-in stranger · 200 mentor manager above owner · 404 rest
POST /cohorts/:id/mentors                                             sign-in stranger · 303 manager above owner · 403 mentor · 404 rest
GET /cohorts/:id/mentors/:mentor                                      sign-in stranger · 200 mentor manager above owner · 404 rest
POST /cohorts/:id/mentors/:mentor/capacity                            sign-in stranger · 422 mentor manager above owner · 404 rest
POST /cohorts/:id/mentors/:mentor/departure                           sign-in stranger · 303 mentor manager above owner · 404 rest
POST /cohorts/:id/mentors/:mentor/departure/remove                    sign-in stranger · 303 mentor manager above owner · 404 rest
POST /cohorts/:id/mentors/:mentor/hand-over                           sign-in stranger · 303 mentor manager above owner · 404 rest
GET /cohorts/:id/join-codes                                           sign-in stranger · 200 mentor manager above owner · 404 rest
POST /cohorts/:id/join-codes                                          sign-in stranger · 303 mentor manager above owner · 404 rest
POST /cohorts/:id/join-codes/:joinCode/remove                         sign-in stranger · 303 mentor manager above owner · 404 rest
GET /cohorts/:id/join-codes/:joinCode/poster.pdf                      sign-in stranger · 200 mentor manager above owner · 404 rest
GET /cohorts/:id/certificates                                         sign-in stranger · 200 mentor manager above owner · 404 rest
POST /cohorts/:id/certificates                                        sign-in stranger · 422 mentor manager above owner · 404 rest
GET /cohorts/:id/certificates/:bundle                                 sign-in stranger · 404 rest
GET /cohorts/:id/certificates/:bundle/file                            sign-in stranger · 404 rest
GET /cohorts/:id/people/import                                        sign-in stranger · 200 manager above owner · 403 mentor · 404 rest
POST /cohorts/:id/people/import                                       sign-in stranger · 422 manager above owner · 403 mentor · 404 rest
GET /cohorts/:id/people/imports/:import/application                   sign-in stranger · 403 mentor · 404 rest
POST /cohorts/:id/people/imports/:import/application                  sign-in stranger · 403 mentor · 404 rest
POST /cohorts/:id/placements                                          sign-in stranger · 303 manager above owner · 403 mentor · 404 rest
GET /cohorts/:id/placements/:placement                                sign-in stranger · 200 manager above owner · 403 mentor · 404 rest
POST /cohorts/:id/placements/:placement/application                   sign-in stranger · 303 manager above owner · 403 mentor · 404 rest
GET /cohorts/:id/meetings                                             sign-in stranger · 200 mentor manager above owner · 404 rest
GET /cohorts/:id/meetings/new                                         sign-in stranger · 200 mentor manager above owner · 404 rest
POST /cohorts/:id/meetings                                            sign-in stranger · 422 mentor manager above owner · 404 rest
GET /cohorts/:id/meetings/:meeting                                    sign-in stranger · 200 mentor manager above owner · 404 rest
GET /cohorts/:id/meetings/:meeting/settings                           sign-in stranger · 200 mentor manager above owner · 404 rest
POST /cohorts/:id/meetings/:meeting/settings                          sign-in stranger · 422 mentor manager above owner · 404 rest
POST /cohorts/:id/meetings/:meeting/cancellation                      sign-in stranger · 303 mentor manager above owner · 404 rest
POST /cohorts/:id/meetings/:meeting/attendance                        sign-in stranger · 303 mentor manager above owner · 404 rest
POST /cohorts/:id/meetings/:meeting/presence                          sign-in stranger · 303 mentor · 403 manager above owner · 404 rest
POST /cohorts/:id/meetings/:meeting/presence/remove                   sign-in stranger · 303 mentor · 403 manager above owner · 404 rest
GET /cohorts/:id/meetings/:meeting/code                               sign-in stranger · 200 mentor manager above owner · 404 rest
GET /cohorts/:id/questions                                            sign-in stranger · 200 learner mentor manager above owner · 404 rest
POST /cohorts/:id/questions                                           sign-in stranger · 422 learner · 403 mentor manager above owner · 404 rest
GET /cohorts/:id/questions/moderation                                 sign-in stranger · 200 mentor manager above owner · 404 rest
GET /cohorts/:id/questions/:question                                  sign-in stranger · 200 learner mentor manager above owner · 404 rest
POST /cohorts/:id/questions/:question/answers                         sign-in stranger · 422 learner mentor manager above owner · 404 rest
POST /cohorts/:id/questions/:question/solution                        sign-in stranger · 303 learner mentor manager above owner · 404 rest
POST /cohorts/:id/questions/:question/solution/remove                 sign-in stranger · 303 learner mentor manager above owner · 404 rest
POST /cohorts/:id/questions/:question/seen                            sign-in stranger · 303 learner · 403 mentor manager above owner · 404 rest
GET /cohorts/:id/questions/:question/correction                       sign-in stranger · 200 learner · 404 rest
POST /cohorts/:id/questions/:question/correction                      sign-in stranger · 422 learner · 404 rest
POST /cohorts/:id/questions/:question/withdrawal                      sign-in stranger · 303 learner · 404 rest
GET /cohorts/:id/questions/:question/report                           sign-in stranger · 403 mentor manager above owner · 404 rest
POST /cohorts/:id/questions/:question/report                          sign-in stranger · 403 mentor manager above owner · 404 rest
GET /cohorts/:id/questions/:question/moderation                       sign-in stranger · 200 mentor manager above owner · 404 rest
POST /cohorts/:id/questions/:question/moderation                      sign-in stranger · 422 mentor manager above owner · 404 rest
GET /cohorts/:id/submissions                                          sign-in stranger · 200 mentor manager above owner · 404 rest
GET /cohorts/:id/submissions/:submission                              sign-in stranger · 200 mentor manager above owner · 404 rest
POST /cohorts/:id/submissions/:submission/claim                       sign-in stranger · 303 mentor manager above owner · 404 rest
POST /cohorts/:id/submissions/:submission/claim/remove                sign-in stranger · 303 mentor manager above owner · 404 rest
POST /cohorts/:id/submissions/:submission/markings                    sign-in stranger · 422 mentor manager above owner · 404 rest
GET /cohorts/:id/results                                              sign-in stranger · 200 mentor manager above owner · 404 rest
GET /cohorts/:id/results.csv                                          sign-in stranger · 200 mentor manager above owner · 404 rest
GET /cohorts/:id/results.xlsx                                         sign-in stranger · 200 mentor manager above owner · 404 rest
GET /cohorts/:id/results/:member                                      sign-in stranger · 200 mentor manager above owner · 404 rest
GET /courses/:slug/exports                                            sign-in stranger · 200 owner · 404 rest
GET /courses/:slug/exports/:format                                    sign-in stranger · 200 owner · 404 rest
GET /courses/:slug/exports/:format/file                               sign-in stranger · 200 owner · 404 rest
GET /courses/:slug/offline.epub                                       sign-in stranger · 404 signed-in elsewhere · 200 rest
GET /here                                                             sign-in stranger · 200 rest
GET /here/:code                                                       sign-in stranger · 200 rest
POST /here                                                            sign-in stranger · 422 rest
GET /account/calendar                                                 sign-in stranger · 200 rest
POST /account/calendar                                                sign-in stranger · 303 rest
POST /account/calendar/remove                                         sign-in stranger · 303 rest
POST /cohorts/:id/members/:member/openings                            sign-in stranger · 422 manager above owner · 404 rest
GET /cohorts/:id/members/:member/extra-times                          sign-in stranger · 200 mentor manager above owner · 404 rest
POST /cohorts/:id/members/:member/extra-times                         sign-in stranger · 422 mentor manager above owner · 404 rest
GET /cohorts/:id/members/:member/check-ins                            sign-in stranger · 200 mentor manager above owner · 404 rest
POST /cohorts/:id/members/:member/check-ins                           sign-in stranger · 422 mentor · 403 manager above owner · 404 rest
GET /cohorts/:id/members/:member/check-ins/new                        sign-in stranger · 200 mentor · 403 manager above owner · 404 rest
GET /cohorts/:id/members/:member/check-ins/:entry                     sign-in stranger · 200 mentor manager above owner · 404 rest
POST /cohorts/:id/members/:member/check-ins/:entry/correction         sign-in stranger · 422 mentor · 403 manager above owner · 404 rest
POST /cohorts/:id/members/:member/check-ins/:entry/withdrawal         sign-in stranger · 422 mentor · 403 manager above owner · 404 rest
GET /mentoring                                                        sign-in stranger · 200 rest
GET /mentoring/offers                                                 sign-in stranger · 200 rest
POST /mentoring/offers                                                sign-in stranger · 422 rest
POST /mentoring/offers/:id/withdrawal                                 sign-in stranger · 303 learner · 404 rest
GET /mentoring/household                                              sign-in stranger · 200 rest
POST /mentoring/household                                             sign-in stranger · 422 rest
POST /mentoring/household/:id/abilities                               sign-in stranger · 303 learner · 404 rest
POST /mentoring/household/:id/remove                                  sign-in stranger · 303 rest
GET /mentoring/:id                                                    sign-in stranger · 200 mentor manager above owner · 404 rest
GET /mentoring/:id/cohorts/:cohort                                    sign-in stranger · 200 mentor manager above owner · 404 rest
POST /mentoring/:id/cohorts/:cohort/certificate                       sign-in stranger · 303 manager above owner · 403 mentor · 404 rest
GET /check-ins                                                        sign-in stranger · 200 rest
POST /check-ins/:entry/completion                                     sign-in stranger · 303 learner · 404 rest
GET /messages                                                         sign-in stranger · 200 rest
GET /cohorts/:id/members/:member/messages                             sign-in stranger · 200 learner mentor manager above owner · 404 rest
POST /cohorts/:id/members/:member/messages                            sign-in stranger · 422 learner mentor · 403 manager above owner · 404 rest
POST /cohorts/:id/members/:member/messages/seen                       sign-in stranger · 303 learner mentor · 403 manager above owner · 404 rest
GET /messages/:id/report                                              sign-in stranger · 200 learner · 404 rest
POST /messages/:id/report                                             sign-in stranger · 422 learner · 404 rest
GET /help/new                                                         sign-in stranger · 200 learner · 404 rest
POST /help                                                            sign-in stranger · 303 learner · 404 rest
GET /help/:id                                                         sign-in stranger · 200 learner mentor manager above owner · 404 rest
POST /help/:id/replies                                                sign-in stranger · 422 mentor manager above owner · 403 learner · 404 rest
POST /help/:id/solution                                               sign-in stranger · 303 learner · 403 mentor manager above owner · 404 rest
GET /admin/organisations/:code/mentoring                              sign-in stranger · 200 manager above owner · 404 rest
POST /admin/organisations/:code/mentoring                             sign-in stranger · 422 manager above owner · 404 rest

GET /publishing                                                       sign-in stranger · 404 signed-in elsewhere learner mentor · 200 rest
GET /publishing/courses                                               sign-in stranger · 404 signed-in elsewhere learner mentor · 200 rest
GET /publishing/new                                                   sign-in stranger · 404 signed-in elsewhere learner mentor · 200 rest
POST /publishing                                                      sign-in stranger · 404 signed-in elsewhere learner mentor · 422 rest
POST /publishing/courses/:slug/drafts                                 sign-in stranger · 303 owner · 404 rest
GET /publishing/uploads                                               sign-in stranger · 404 signed-in elsewhere learner mentor · 200 rest
POST /publishing/uploads                                              sign-in stranger · 404 signed-in elsewhere learner mentor · 422 rest
GET /publishing/uploads/:id                                           sign-in stranger · 200 author · 404 rest
GET /publishing/:id/report                                            sign-in stranger · 200 author reviewer manager above owner · 404 rest
GET /publishing/:id                                                   sign-in stranger · 200 author reviewer manager above owner · 404 rest
POST /publishing/:id/removal                                          sign-in stranger · 303 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/restoration                                      sign-in stranger · 303 author owner · 403 reviewer manager above · 404 rest
GET /publishing/:id/settings                                          sign-in stranger · 200 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/settings                                         sign-in stranger · 422 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/items                                            sign-in stranger · 303 author owner · 403 reviewer manager above · 404 rest
GET /publishing/:id/items/:key                                        sign-in stranger · 200 author reviewer manager above owner · 404 rest
POST /publishing/:id/items/:key/place                                 sign-in stranger · 303 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/items/:key/removal                               sign-in stranger · 303 author owner · 403 reviewer manager above · 404 rest
GET /publishing/:id/description                                       sign-in stranger · 200 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/description                                      sign-in stranger · 404 author owner · 403 reviewer manager above · 404 rest
GET /publishing/:id/text                                              sign-in stranger · 200 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/text                                             sign-in stranger · 409 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/text/preview                                     sign-in stranger · 200 author owner · 403 reviewer manager above · 404 rest
GET /publishing/:id/pictures                                          sign-in stranger · 200 author reviewer manager above owner · 404 rest
POST /publishing/:id/pictures                                         sign-in stranger · 422 author owner · 403 reviewer manager above · 404 rest
GET /publishing/:id/picture/new                                       sign-in stranger · 200 author owner · 403 reviewer manager above · 404 rest
GET /publishing/:id/picture                                           sign-in stranger · 200 author reviewer manager above owner · 404 rest
POST /publishing/:id/picture/placement                                sign-in stranger · 409 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/picture/replacement                              sign-in stranger · 422 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/picture/removal                                  sign-in stranger · 303 author owner · 403 reviewer manager above · 404 rest
GET /publishing/:id/items/:key/translation                           sign-in stranger · 200 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/items/:key/translation                          sign-in stranger · 303 author owner · 403 reviewer manager above · 404 rest
GET /publishing/bank                                                  sign-in stranger · 404 signed-in elsewhere learner mentor · 200 rest
GET /publishing/bank/new-question                                     sign-in stranger · 200 author owner · 404 rest
POST /publishing/bank/questions                                       sign-in stranger · 422 author owner · 404 rest
GET /publishing/bank/questions/:question                              sign-in stranger · 200 author owner · 404 rest
POST /publishing/bank/questions/:question                             sign-in stranger · 422 author owner · 404 rest
POST /publishing/bank/questions/:question/removal                     sign-in stranger · 303 author owner · 404 rest
POST /publishing/bank/questions/:question/restoration                 sign-in stranger · 303 author owner · 404 rest
GET /publishing/bank/gift                                             sign-in stranger · 404 signed-in elsewhere learner mentor · 200 rest
POST /publishing/bank/gift                                            sign-in stranger · 404 signed-in elsewhere learner mentor · 422 rest
GET /publishing/:id/quizzes/:key/bank                                 sign-in stranger · 200 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/quizzes/:key/bank                                sign-in stranger · 422 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/quizzes/:key/bank/additions                      sign-in stranger · 303 author owner · 403 reviewer manager above · 404 rest
GET /publishing/:id/quizzes/:key                                      sign-in stranger · 200 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/quizzes/:key/title                               sign-in stranger · 303 author owner · 403 reviewer manager above · 404 rest
GET /publishing/:id/quizzes/:key/new-question                         sign-in stranger · 200 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/quizzes/:key/questions                           sign-in stranger · 422 author owner · 403 reviewer manager above · 404 rest
GET /publishing/:id/quizzes/:key/questions/:question                  sign-in stranger · 200 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/quizzes/:key/questions/:question                 sign-in stranger · 422 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/quizzes/:key/questions/:question/place           sign-in stranger · 303 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/quizzes/:key/questions/:question/removal         sign-in stranger · 303 author owner · 403 reviewer manager above · 404 rest
GET /publishing/:id/assignments/:key                                  sign-in stranger · 200 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/assignments/:key                                 sign-in stranger · 422 author owner · 403 reviewer manager above · 404 rest
GET /publishing/:id/items/:key/settings                               sign-in stranger · 200 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/items/:key/settings                              sign-in stranger · 422 author owner · 403 reviewer manager above · 404 rest
GET /publishing/:id/completion                                        sign-in stranger · 200 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/completion                                       sign-in stranger · 422 author owner · 403 reviewer manager above · 404 rest
GET /publishing/:id/removed-items                                     sign-in stranger · 200 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/removed-items/:key/restoration                   sign-in stranger · 303 author owner · 403 reviewer manager above · 404 rest
GET /publishing/:id/pictures/:file                                    sign-in stranger · 404 rest
POST /publishing/:id/comments                                         sign-in stranger · 303 author reviewer manager above owner · 404 rest
POST /publishing/:id/comments/:comment/resolution                     sign-in stranger · 404 rest
GET /publishing/:id/changes                                           sign-in stranger · 200 author reviewer manager above owner · 404 rest
GET /publishing/:id/review                                            sign-in stranger · 200 author reviewer manager above owner · 404 rest
POST /publishing/:id/submission                                       sign-in stranger · 422 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/withdrawal                                       sign-in stranger · 303 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/base                                             sign-in stranger · 303 author owner · 403 reviewer manager above · 404 rest
POST /publishing/:id/return                                           sign-in stranger · 422 reviewer owner · 403 author manager above · 404 rest
POST /publishing/:id/waivers                                          sign-in stranger · 422 reviewer owner · 403 author manager above · 404 rest
POST /publishing/:id/publication                                      sign-in stranger · 422 reviewer owner · 403 author manager above · 404 rest

GET /admin                                                            sign-in stranger · 200 managers · 404 rest
GET /admin/organisations                                              sign-in stranger · 200 managers · 404 rest
POST /admin/organisations                                             sign-in stranger · 422 manager above owner · 404 rest
GET /admin/organisations/new                                          sign-in stranger · 200 manager above owner · 404 rest
GET /admin/certificates/:code                                         sign-in stranger · 200 owner · 404 rest
POST /admin/certificates/:code/revocation                             sign-in stranger · 422 owner · 404 rest
POST /admin/certificates/:code/correction                             sign-in stranger · 422 owner · 404 rest
GET /admin/organisations/:code                                        sign-in stranger · 200 manager above owner · 404 rest
GET /admin/organisations/:code/settings                               sign-in stranger · 200 manager above owner · 404 rest
POST /admin/organisations/:code/settings                              sign-in stranger · 422 manager above owner · 404 rest
POST /admin/organisations/:code/logo                                  sign-in stranger · 303 manager above owner · 404 rest
POST /admin/organisations/:code/trust                                 sign-in stranger · 303 owner · 404 rest
POST /admin/organisations/:code/logo/remove                           sign-in stranger · 303 manager above owner · 404 rest
GET /admin/organisations/:code/signatories                            sign-in stranger · 200 manager above owner · 404 rest
POST /admin/organisations/:code/signatories                           sign-in stranger · 422 manager above owner · 404 rest
GET /admin/organisations/:code/signatories/:id                        sign-in stranger · 200 manager above owner · 404 rest
GET /admin/organisations/:code/signatories/:id/signature              sign-in stranger · 200 manager above owner · 404 rest
POST /admin/organisations/:code/signatories/:id                       sign-in stranger · 422 manager above owner · 404 rest
POST /admin/organisations/:code/signatories/:id/remove                sign-in stranger · 303 manager above owner · 404 rest
GET /admin/organisations/:code/certificate-preview                    sign-in stranger · 200 manager above owner · 404 rest
GET /admin/organisations/:code/certificate-preview/:drawing           sign-in stranger · 404 rest
GET /admin/organisations/:code/moves                                  sign-in stranger · 200 above owner · 403 manager · 404 rest
POST /admin/organisations/:code/moves                                 sign-in stranger · 303 above owner · 403 manager · 404 rest
GET /admin/organisations/:code/merger                                 sign-in stranger · 200 above owner · 403 manager · 404 rest
POST /admin/organisations/:code/merger                                sign-in stranger · 303 above owner · 403 manager · 404 rest
GET /admin/organisations/:code/closing                                sign-in stranger · 200 above owner · 403 manager · 404 rest
POST /admin/organisations/:code/closing                               sign-in stranger · 303 above owner · 403 manager · 404 rest
POST /admin/organisations/:code/closing/remove                        sign-in stranger · 303 above owner · 403 manager · 404 rest
GET /admin/organisations/:code/roles                                  sign-in stranger · 200 manager above owner · 404 rest
POST /admin/organisations/:code/roles                                 sign-in stranger · 422 manager above owner · 404 rest
POST /admin/organisations/:code/roles/:id/remove                      sign-in stranger · 303 manager above owner · 404 rest
GET /admin/organisations/:code/mentoring-offers                       sign-in stranger · 200 manager above owner · 404 rest
POST /admin/organisations/:code/mentoring-offers/:id/decision         sign-in stranger · 422 manager above owner · 404 rest
GET /admin/organisations/:code/mentoring-certificates                 sign-in stranger · 200 manager above owner · 404 rest
GET /admin/organisations/:code/coverage                               sign-in stranger · 200 manager above owner · 404 rest
GET /admin/organisations/:code/coverage.csv                           sign-in stranger · 200 manager above owner · 404 rest
GET /admin/results                                                    sign-in stranger · 200 managers · 404 rest
POST /admin/results                                                   sign-in stranger · 303 managers · 404 rest
GET /admin/results.csv                                                sign-in stranger · 200 managers · 404 rest
GET /admin/results.xlsx                                               sign-in stranger · 200 managers · 404 rest
GET /admin/organisations/:code/invitations                            sign-in stranger · 200 manager above owner · 404 rest
POST /admin/organisations/:code/invitations                           sign-in stranger · 422 manager above owner · 404 rest
POST /admin/organisations/:code/invitations/:id/remove                sign-in stranger · 303 manager above owner · 404 rest
GET /admin/organisations/:code/join-codes                             sign-in stranger · 200 manager above owner · 404 rest
POST /admin/organisations/:code/join-codes                            sign-in stranger · 303 manager above owner · 404 rest
POST /admin/organisations/:code/join-codes/:joinCode/remove           sign-in stranger · 303 manager above owner · 404 rest
POST /admin/organisations/:code/join-codes/:joinCode/renewal          sign-in stranger · 303 manager above owner · 404 rest
GET /admin/organisations/:code/join-codes/:joinCode/poster.pdf        sign-in stranger · 200 manager above owner · 404 rest

GET /admin/organisations/:code/people                                 sign-in stranger · 200 manager above owner · 404 rest
GET /admin/organisations/:code/cards.pdf                              sign-in stranger · 200 manager above owner · 404 rest
POST /admin/organisations/:code/people/one-time-pins                  sign-in stranger · 303 manager above owner · 404 rest
GET /admin/organisations/:code/people/new                             sign-in stranger · 200 manager above owner · 404 rest
POST /admin/organisations/:code/people                                sign-in stranger · 422 manager above owner · 404 rest
GET /admin/organisations/:code/people/import                          sign-in stranger · 200 manager above owner · 404 rest
POST /admin/organisations/:code/people/import                         sign-in stranger · 422 manager above owner · 404 rest
GET /admin/organisations/:code/people/imports/:import/application     sign-in stranger · 404 rest
GET /admin/people/:id                                                 sign-in stranger · 200 manager above owner · 404 rest
POST /admin/people/:id/one-time-pin                                   sign-in stranger · 200 manager above owner · 404 rest
POST /admin/people/:id/sessions/remove                                sign-in stranger · 303 manager above owner · 404 rest
POST /admin/people/:id/second-factor/remove                           sign-in stranger · 303 manager above owner · 404 rest
GET /admin/people/:id/merger                                          sign-in stranger · 200 manager above owner · 404 rest
POST /admin/people/:id/mergers/:merger/remove                         sign-in stranger · 303 manager above owner · 404 rest
GET /admin/people/:id/consents                                        sign-in stranger · 200 manager above owner · 404 rest
POST /admin/people/:id/consents                                       sign-in stranger · 422 manager above owner · 404 rest
GET /admin/message-reports                                            sign-in stranger · 200 managers · 404 rest
POST /admin/message-reports/:id/closing                               sign-in stranger · 422 manager above owner · 404 rest
GET /admin/audit                                                      sign-in stranger · 200 managers · 404 rest
GET /admin/audit.csv                                                  sign-in stranger · 200 managers · 404 rest
GET /admin/data-requests                                              sign-in stranger · 200 owner · 404 rest
POST /admin/data-requests/:id/answer                                  sign-in stranger · 422 owner · 404 rest
POST /admin/organisations/:code/people/imports/:import/application    sign-in stranger · 404 rest
POST /admin/people/:id/merger                                         sign-in stranger · 404 rest
GET /admin/places                                                     sign-in stranger · 200 owner · 404 rest
POST /admin/places/imports                                            sign-in stranger · 422 owner · 404 rest
GET /admin/places/imports/:id                                         sign-in stranger · 200 owner · 404 rest
POST /admin/places/imports/:id/application                            sign-in stranger · 303 owner · 404 rest
`;

const managers = 'sibling below manager above owner';

const expected = new Map(
  table
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(/ {2,}/))
    .map(([route = '', answers = '']) => [route, answersOf(answers)]),
);

function answersOf(line: string): Record<Actor, string> {
  const groups = line.split(' · ').map((group) => group.replace('managers', managers).split(' '));
  const rest = groups.find(([, who]) => who === 'all' || who === 'rest')?.[0] ?? 'no answer';
  const unknown = groups.flatMap(([, ...who]) => who).filter((who) => !['all', 'rest', ...actors].includes(who));
  if (unknown.length > 0) throw new Error(`nobody is called ${unknown}: ${line}`);
  const answerOf = (actor: Actor) => groups.find((group) => group.slice(1).includes(actor))?.[0] ?? rest;
  return Object.fromEntries(actors.map((actor) => [actor, answerOf(actor)])) as Record<Actor, string>;
}

/** Without them a form would ask about something else than the branch. */
const fields: Record<string, Record<string, string>> = {
  'POST /admin/organisations': { parent: 'branch' },
  'POST /cohorts': { organisation: 'branch' },
  'POST /check-ins/:entry/completion': { revision: '0' },
  'POST /publishing/:id/text': { path: 'vi/first.md' },
  'POST /publishing/:id/text/preview': { path: 'vi/first.md' },
  'POST /publishing/:id/picture/placement': { picture: 'images/box.svg', text: 'vi/first.md', words: 'Khung' },
  'POST /publishing/:id/picture/replacement': { picture: 'images/box.svg' },
  'POST /publishing/:id/picture/removal': { picture: 'images/box.svg' },
  'POST /help': { course: 'small', item: 'second' },
  'POST /cohorts/:id/questions': { course: 'small', item: 'second' },
};

async function ask(visitor: Client, { name, method }: Route, address: string): Promise<Page> {
  if (method === 'GET') return visitor.get(address);
  return method === 'POST' ? visitor.post(address, fields[name]) : visitor.ask(method, address);
}

function outcome(page: Page): string {
  if (page.status === 401 || String(page.headers.location).startsWith('/sign-in?next=')) return 'sign-in';
  return String(page.status);
}

t.test('Every route stands in a scope', async (t) => {
  const { routes } = await testAppWithRoutes(t);
  t.strictSame(
    routes.filter(({ scope }) => scope === undefined).map(({ name }) => name),
    [],
  );
});

t.test('Every route is in the table of who gets what, and no line outlives its route', async (t) => {
  const { routes } = await testAppWithRoutes(t);
  t.strictSame(routes.map(({ name }) => name).sort(), [...expected.keys()].sort());
});

t.test('Everybody gets what the table says, and nothing else', async (t) => {
  const { routes, people, address } = await world(t);
  const readers = await people();
  for (const route of routes) {
    // What only looks leaves everybody as they were.
    const { all, ids } = route.method === 'GET' ? readers : await people();
    const answers: Partial<Record<Actor, string>> = {};
    for (const actor of actors) answers[actor] = outcome(await ask(all[actor], route, address(route, ids)));
    t.strictSame(answers, expected.get(route.name), route.name);
  }
});

t.test('Signed out, a page of one’s own leads to sign-in and back, and a form is not heard', async (t) => {
  const { app, routes, people, address } = await world(t);
  const { ids } = await people();
  const closed = new Set(['signed-in', 'managers', 'owner']);
  for (const route of routes.filter(({ scope = '' }) => closed.has(scope))) {
    const path = address(route, ids);
    const page = await ask(client(app), route, path);
    if (route.method === 'GET' || route.method === 'HEAD') {
      t.match(page, { status: 303, headers: { location: `/sign-in?next=${encodeURIComponent(path)}` } }, route.name);
    } else {
      t.equal(page.status, 401, route.name);
      t.ok(page.html.querySelector('form[action="/sign-in"]'), 'the page to sign in');
    }
  }
});

t.test(
  'Pages of the owner, and of managers, do not exist for anybody else, even where they hold their role at the root',
  async (t) => {
    const { app, db, routes, people, address } = await world(t);
    const { ids } = await people();
    for (const scope of ['managers', 'owner'] as const) {
      for (const role of scope === 'owner' ? roles : roles.filter((role) => role !== 'manager')) {
        const person = await signedIn({ app, db }, { roles: [role] });
        for (const route of routes.filter((route) => route.scope === scope)) {
          t.equal((await ask(person, route, address(route, ids))).status, 404, `${route.name} for a ${role}`);
        }
      }
    }
  },
);

t.test('No form is heard that another site sends, whoever is signed in', async (t) => {
  const { routes, people, address } = await world(t);
  const { all, ids } = await people();
  const fromElsewhere = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
  for (const route of routes.filter(({ method }) => method !== 'GET' && method !== 'HEAD')) {
    for (const visitor of Object.values(all)) {
      const before = visitor.cookies.get('session');
      const path = address(route, ids);
      const page =
        route.method === 'POST'
          ? await visitor.post(path, {}, fromElsewhere)
          : await visitor.ask(route.method, path, fromElsewhere);
      t.equal(page.status, 403, route.name);
      t.equal(visitor.cookies.get('session'), before, 'and nobody is signed out');
    }
  }
});
