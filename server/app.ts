import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import fastify, { type FastifyInstance, LogController } from 'fastify';
import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import { confirmingRoutes } from './accounts/confirming/routes.ts';
import { confirmationRoutes, emailRoutes } from './accounts/email/routes.ts';
import { requirePerson } from './accounts/guard.ts';
import { ownerLinkRoutes } from './accounts/owner-links/routes.ts';
import { passkeyRoutes } from './accounts/passkeys/routes.ts';
import { recoveryCodeRoutes, recoveryRoutes } from './accounts/recovery/routes.ts';
import { accountRoutes } from './accounts/routes.ts';
import { secondFactorRoutes } from './accounts/second-factor/routes.ts';
import { argon2Hasher, type Hasher } from './accounts/secrets/hashing.ts';
import { secretRoutes } from './accounts/secrets/routes.ts';
import { sessionRoutes, signOutRoutes } from './accounts/sessions/routes.ts';
import { signInRoutes } from './accounts/sign-in/routes.ts';
import { signUpRoutes } from './accounts/sign-up/routes.ts';
import { adminRoutes } from './admin/routes.ts';
import { announcementFeedRoutes } from './announcements/feeds/routes.ts';
import { announcementWayOutRoutes, announcementWishRoutes } from './announcements/letters/routes.ts';
import { announcementReadingRoutes, announcementRoutes } from './announcements/routes.ts';
import { announcementWritingRoutes, branchAnnouncementRoutes } from './announcements/writing/routes.ts';
import { markingRoutes } from './assignments/marking/routes.ts';
import { assignmentRoutes } from './assignments/routes.ts';
import { assignmentUploadRoutes } from './assignments/uploads/routes.ts';
import { attemptRoutes } from './attempts/routes.ts';
import { auditRoutes } from './audit/routes.ts';
import { bundleRoutes } from './certificates/bundles/routes.ts';
import { certificateManagingRoutes } from './certificates/managing/routes.ts';
import { previewRoutes } from './certificates/previews/routes.ts';
import { certificateRoutes } from './certificates/routes.ts';
import { verifyingRoutes } from './certificates/verifying/routes.ts';
import { ownCheckInRoutes } from './check-ins/own/routes.ts';
import { checkInRoutes } from './check-ins/routes.ts';
import { cohortCodeRoutes } from './cohorts/codes/routes.ts';
import { guidingRoutes } from './cohorts/guiding/routes.ts';
import { cohortImportRoutes } from './cohorts/importing/routes.ts';
import { cohortMemberRoutes } from './cohorts/members/routes.ts';
import { cohortMentorRoutes } from './cohorts/mentors/routes.ts';
import { openingRoutes } from './cohorts/openings/routes.ts';
import { placementRoutes } from './cohorts/placements/routes.ts';
import { cohortRegisteringRoutes } from './cohorts/registering/routes.ts';
import { cohortRequestRoutes } from './cohorts/requests/routes.ts';
import { cohortRoutes } from './cohorts/routes.ts';
import { mentoringRoutes } from './cohorts/settings/routes.ts';
import { wishRoutes } from './cohorts/wishes/routes.ts';
import type { Config } from './config.ts';
import { consentRoutes, representativeRoutes, witnessedConsentRoutes } from './consents/routes.ts';
import { courseRoutes } from './courses/routes.ts';
import { credentialRoutes } from './credentials/routes.ts';
import type { Database } from './database/connection.ts';
import { renewingRoutes } from './enrolments/renewing/routes.ts';
import { enrolmentRoutes } from './enrolments/routes.ts';
import { essayRoutes } from './essays/marking/routes.ts';
import { extraTimeRoutes } from './extra-times/routes.ts';
import type { FileStore } from './files/store.ts';
import { glossaryRoutes } from './glossaries/routes.ts';
import { healthRoutes } from './health/routes.ts';
import { helpRoutes } from './help/routes.ts';
import { homeRoutes } from './home/routes.ts';
import { invitationAcceptanceRoutes, invitationManagingRoutes, invitationRoutes } from './invitations/routes.ts';
import { listJobStates } from './jobs/queries.ts';
import { joinCodeRoutes } from './joining/codes/routes.ts';
import { joinRequestRoutes } from './joining/requests/routes.ts';
import { joiningRoutes, membershipRoutes } from './joining/routes.ts';
import { keyCorrectionRoutes } from './key-corrections/writing/routes.ts';
import { learningRoutes } from './learning/routes.ts';
import { lessonModerationRoutes } from './lesson-questions/moderation/routes.ts';
import { lessonQuestionRoutes } from './lesson-questions/routes.ts';
import { lessonCorrectionRoutes } from './lesson-questions/writing/routes.ts';
import { completionRoutes, lessonRoutes } from './lessons/routes.ts';
import { idlePostman, type Postman } from './mail/postman.ts';
import { attendanceRoutes } from './meetings/attendance/routes.ts';
import { calendarFeedRoutes, calendarRoutes } from './meetings/calendars/routes.ts';
import { presenceRoutes } from './meetings/presence/routes.ts';
import { meetingRoutes } from './meetings/routes.ts';
import { mentoringCandidateRoutes, mentoringCertificateRoutes } from './mentoring/certificates/routes.ts';
import { householdRoutes } from './mentoring/household/routes.ts';
import { mentoringDecisionRoutes, mentoringOfferRoutes } from './mentoring/offers/routes.ts';
import { mentoringRecordRoutes } from './mentoring/routes.ts';
import { messageReportManagingRoutes, messageReportRoutes } from './messages/reports/routes.ts';
import { messageRoutes } from './messages/routes.ts';
import { metricsRoutes } from './metrics/routes.ts';
import { exportRoutes } from './moving-out/routes.ts';
import { dataRequestRoutes, myDataRoutes } from './my-data/routes.ts';
import { offlineRoutes } from './offline/routes.ts';
import { coverageRoutes } from './organisations/coverage/routes.ts';
import { logoManagingRoutes, logoRoutes } from './organisations/logos/routes.ts';
import { organisationManagingRoutes } from './organisations/managing/routes.ts';
import { roleRoutes } from './organisations/roles/routes.ts';
import { organisationRoutes } from './organisations/routes.ts';
import { signatoryRoutes } from './organisations/signatories/routes.ts';
import { treeRoutes } from './organisations/tree/routes.ts';
import { trustRoutes } from './organisations/trusting/routes.ts';
import { pathRoutes } from './paths/routes.ts';
import { peopleImportRoutes } from './people/importing/routes.ts';
import { mergingRoutes } from './people/merging/routes.ts';
import { registeringRoutes } from './people/registering/routes.ts';
import { peopleRoutes } from './people/routes.ts';
import { placeRoutes } from './places/routes.ts';
import { assetRoutes } from './platform/assets.ts';
import { addCompression } from './platform/compression.ts';
import { addErrorPages, readableUrl } from './platform/error-pages.ts';
import { goTo } from './platform/flash.ts';
import { addRequestHooks } from './platform/requests.ts';
import { requireManager, requireOwner, scope } from './platform/scopes.ts';
import { addSecurityHeaders } from './platform/security-headers.ts';
import { addSessions } from './platform/sessions.ts';
import { addViews } from './platform/views.ts';
import { preferenceRoutes } from './preferences/routes.ts';
import { privacyRoutes } from './privacy/routes.ts';
import { ownProfileRoutes, profileRoutes } from './profiles/routes.ts';
import { draftAssignmentRoutes } from './publishing/assignments/routes.ts';
import { bankBringingRoutes } from './publishing/bank/bringing/routes.ts';
import { bankQuestionRoutes } from './publishing/bank/questions/routes.ts';
import { bankRoutes } from './publishing/bank/routes.ts';
import { bankTakingRoutes } from './publishing/bank/taking/routes.ts';
import { draftChangeRoutes } from './publishing/changes/routes.ts';
import { draftCommentRoutes } from './publishing/comments/routes.ts';
import { ownCourseRoutes } from './publishing/courses/routes.ts';
import { draftDescriptionRoutes } from './publishing/descriptions/routes.ts';
import { requirePublisher } from './publishing/guard.ts';
import { draftItemRoutes } from './publishing/items/routes.ts';
import { draftPictureAddingRoutes } from './publishing/pictures/adding/routes.ts';
import { draftPictureKeepingRoutes } from './publishing/pictures/keeping/routes.ts';
import { draftPictureRoutes } from './publishing/pictures/routes.ts';
import { draftQuestionRoutes } from './publishing/questions/routes.ts';
import { draftQuizRoutes } from './publishing/quizzes/routes.ts';
import { draftRemovedRoutes } from './publishing/removed/routes.ts';
import { draftReportRoutes } from './publishing/reports/routes.ts';
import { draftReviewRoutes } from './publishing/review/routes.ts';
import { publishingRoutes } from './publishing/routes.ts';
import { draftRuleRoutes } from './publishing/rules/routes.ts';
import { draftSettingsRoutes } from './publishing/settings/routes.ts';
import { draftTextRoutes } from './publishing/texts/routes.ts';
import { draftTranslationRoutes } from './publishing/translation/routes.ts';
import { courseUploadRoutes } from './publishing/uploads/routes.ts';
import { quizRoutes } from './quizzes/routes.ts';
import { reportRoutes } from './results/reports/routes.ts';
import { resultRoutes } from './results/routes.ts';
import { sharedRoutes, shareLinkRoutes } from './share-links/routes.ts';
import { assessingRoutes } from './sign-offs/assessing/routes.ts';
import { ownSignOffRoutes } from './sign-offs/own/routes.ts';
import { unguidedRoutes } from './sign-offs/unguided/routes.ts';
import { ownSkillRoutes, skillRoutes } from './skills/routes.ts';
import { questionStatisticsRoutes } from './statistics/questions/routes.ts';
import { statisticsRoutes } from './statistics/routes.ts';
import { styleguideRoutes } from './styleguide/routes.ts';
import { transcriptRoutes } from './transcripts/routes.ts';
import { trialRoutes } from './trials/routes.ts';
import { versionClosingRoutes } from './versions/closing/routes.ts';
import { movingRoutes } from './versions/moving/routes.ts';

export interface Dependencies {
  config: Config;
  db: Kysely<Database>;
  /** Answers as `db` did within the last minute: for public pages. */
  reading?: Kysely<Database>;
  files: FileStore;
  hasher?: Hasher;
  postman?: Postman;
  /** The one that `db` asks through, to be measured. */
  pool?: Pool;
}

declare module 'fastify' {
  interface FastifyInstance {
    config: Config;
    db: Kysely<Database>;
    reading: Kysely<Database>;
    files: FileStore;
    hasher: Hasher;
    postman: Postman;
  }
}

/** The table of contents: the platform first, then every feature inside the scope of those who may enter. */
export async function buildApp({
  config,
  db,
  reading = db,
  files,
  hasher = argon2Hasher(),
  postman = idlePostman,
  pool,
}: Dependencies): Promise<FastifyInstance> {
  const app = fastify({
    logger: { level: config.logLevel, stream: process.stderr, redact: ['req.headers', 'req.remoteAddress'] },
    genReqId: () => randomUUID(),
    trustProxy: config.trustProxy,
    bodyLimit: 256 * 1024,
    // Photos of somebody's work, over a weak link.
    requestTimeout: 300_000,
    // As long as a request's head may be: what is too long to exist is not found, like anything else.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16_384 },
    rewriteUrl: readableUrl,
    // What is sent is checked by forms, and answers are pages: the libraries for schemas of routes are not even read.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    logController: new LogController({ disableRequestLogging: true }),
  });
  app.decorate('config', config);
  app.decorate('db', db);
  app.decorate('reading', reading);
  app.decorate('files', files);
  app.decorate('hasher', hasher);
  app.decorate('postman', postman);
  app.decorate('metrics', config.metricsToken === null ? null : await measured(app, pool));
  app.decorateReply('goTo', goTo);

  await app.register(cookie);
  // Every body is a form: fields are text, so that no handler meets a number or an object where it reads words.
  app.removeContentTypeParser(['application/json', 'text/plain']);
  await app.register(formbody, { bodyLimit: 256 * 1024 });
  const assets = addViews(app);
  addSecurityHeaders(app, config.publicUrl, assets.criticalCssHash);
  addCompression(app);
  addSessions(app, db, config.publicUrl);
  addErrorPages(app);
  addRequestHooks(app, config.publicUrl);

  scope(app, 'machines', [], [assetRoutes, healthRoutes, metricsRoutes]);
  scope(
    app,
    'everyone',
    [],
    [
      homeRoutes,
      courseRoutes,
      lessonRoutes,
      glossaryRoutes,
      pathRoutes,
      skillRoutes,
      certificateRoutes,
      verifyingRoutes,
      offlineRoutes,
      credentialRoutes,
      sharedRoutes,
      profileRoutes,
      organisationRoutes,
      preferenceRoutes,
      signUpRoutes,
      signInRoutes,
      recoveryRoutes,
      emailRoutes,
      representativeRoutes,
      logoRoutes,
      joiningRoutes,
      invitationRoutes,
      signOutRoutes,
      ownerLinkRoutes,
      privacyRoutes,
      calendarFeedRoutes,
      announcementRoutes,
      announcementFeedRoutes,
      announcementWayOutRoutes,
      styleguideRoutes,
    ],
  );
  scope(
    app,
    'signed-in',
    [requirePerson],
    [
      enrolmentRoutes,
      renewingRoutes,
      movingRoutes,
      versionClosingRoutes,
      completionRoutes,
      quizRoutes,
      attemptRoutes,
      trialRoutes,
      keyCorrectionRoutes,
      assignmentRoutes,
      assignmentUploadRoutes,
      ownSignOffRoutes,
      assessingRoutes,
      unguidedRoutes,
      learningRoutes,
      ownSkillRoutes,
      transcriptRoutes,
      shareLinkRoutes,
      ownProfileRoutes,
      accountRoutes,
      secretRoutes,
      recoveryCodeRoutes,
      confirmationRoutes,
      confirmingRoutes,
      secondFactorRoutes,
      passkeyRoutes,
      consentRoutes,
      myDataRoutes,
      membershipRoutes,
      invitationAcceptanceRoutes,
      joinRequestRoutes,
      sessionRoutes,
      cohortRoutes,
      guidingRoutes,
      cohortMemberRoutes,
      cohortRequestRoutes,
      cohortRegisteringRoutes,
      cohortMentorRoutes,
      cohortCodeRoutes,
      bundleRoutes,
      cohortImportRoutes,
      placementRoutes,
      wishRoutes,
      helpRoutes,
      openingRoutes,
      checkInRoutes,
      extraTimeRoutes,
      ownCheckInRoutes,
      messageRoutes,
      messageReportRoutes,
      lessonQuestionRoutes,
      lessonCorrectionRoutes,
      lessonModerationRoutes,
      meetingRoutes,
      attendanceRoutes,
      presenceRoutes,
      calendarRoutes,
      mentoringRecordRoutes,
      mentoringCertificateRoutes,
      mentoringOfferRoutes,
      householdRoutes,
      markingRoutes,
      essayRoutes,
      announcementReadingRoutes,
      announcementWritingRoutes,
      announcementWishRoutes,
      resultRoutes,
      exportRoutes,
      statisticsRoutes,
      questionStatisticsRoutes,
    ],
  );
  scope(
    app,
    'signed-in',
    [requirePerson, requirePublisher],
    [
      publishingRoutes,
      ownCourseRoutes,
      courseUploadRoutes,
      draftReportRoutes,
      draftSettingsRoutes,
      draftItemRoutes,
      draftDescriptionRoutes,
      draftTextRoutes,
      draftTranslationRoutes,
      bankRoutes,
      bankQuestionRoutes,
      bankBringingRoutes,
      bankTakingRoutes,
      draftQuizRoutes,
      draftQuestionRoutes,
      draftAssignmentRoutes,
      draftRuleRoutes,
      draftRemovedRoutes,
      draftPictureRoutes,
      draftPictureAddingRoutes,
      draftPictureKeepingRoutes,
      draftCommentRoutes,
      draftChangeRoutes,
      draftReviewRoutes,
    ],
  );
  scope(
    app,
    'managers',
    [requirePerson, requireManager],
    [
      adminRoutes,
      organisationManagingRoutes,
      treeRoutes,
      logoManagingRoutes,
      signatoryRoutes,
      previewRoutes,
      roleRoutes,
      coverageRoutes,
      reportRoutes,
      invitationManagingRoutes,
      joinCodeRoutes,
      mentoringRoutes,
      mentoringDecisionRoutes,
      mentoringCandidateRoutes,
      branchAnnouncementRoutes,
      witnessedConsentRoutes,
      certificateManagingRoutes,
      peopleRoutes,
      registeringRoutes,
      peopleImportRoutes,
      mergingRoutes,
      messageReportManagingRoutes,
      auditRoutes,
    ],
  );
  scope(app, 'owner', [requirePerson, requireOwner], [placeRoutes, dataRequestRoutes, trustRoutes]);

  await app.ready();
  return app;
}

function noSchemas(): never {
  throw new Error('a route has no schema here: see platform/forms.ts');
}

async function measured(app: FastifyInstance, pool: Pool | undefined): Promise<FastifyInstance['metrics']> {
  const { measure } = await import('./metrics/measuring.ts');
  return measure(app, pool, () => listJobStates(app.db));
}
