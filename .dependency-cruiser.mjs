// Folders of server/ that are not features.
const machinery = '^server/(platform|database)/|^server/config\\.ts$';
// Deeds of several steps that ask the database; every other file of a feature, beside its routes and queries, is a rule.
const deeds = [
  'accounts/confirming/guard',
  'accounts/confirming/proving',
  'accounts/guard',
  'accounts/guesses',
  'accounts/one-time-pins/coming-in',
  'accounts/passkeys/using',
  'accounts/second-factor/trying',
  'accounts/sessions/entering',
  'accounts/sign-in/arriving',
  'accounts/sign-in/trying',
  'accounts/sign-up/signing-up',
  'attempts/handing-in',
  'backups/backing-up',
  'backups/nightly',
  'backups/restoring',
  'certificates/bundles/making',
  'certificates/issuing',
  'announcements/access',
  'cohorts/access',
  'cohorts/codes/invitation',
  'cohorts/telling',
  'credentials/issuing',
  'demo/guiding',
  'demo/letterhead',
  'demo/telling',
  'doctor/examining',
  'imports/importing',
  'jobs/list',
  'joining/codes/pages',
  'keys/signing',
  'limits/lookups',
  'mail/postman',
  'my-data/archive',
  'offline/signing',
  'organisations/access',
  'paths/importing',
  'people/importing/pages',
  'places/provinces',
  'simulation/simulating',
  'versions/reading',
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'Two files that import each other are one file, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'platform-knows-no-feature',
      comment: 'Machinery has no word of learning in it.',
      severity: 'error',
      from: { path: '^server/(platform|database)/' },
      to: { path: '^(server|views|courses|tests)/', pathNot: machinery },
    },
    {
      name: 'only-the-start-imports-the-app',
      comment: 'app.ts is the table of contents: it knows the features, no feature knows it.',
      severity: 'error',
      from: { path: '^server/[^/]+/' },
      to: { path: '^server/(app|main|cli|start)\\.' },
    },
    {
      name: 'migrations-stand-alone',
      comment: 'A migration does the same for ever, whatever becomes of server/.',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { path: '^(server|tests)/' },
    },
    {
      name: 'rules-are-pure',
      comment: 'A rule is given what it judges: it asks no database. A deed that does is named above.',
      severity: 'error',
      from: {
        path: '^server/[^/]+/',
        pathNot: `${machinery}|/(routes|queries)\\.ts$|^server/(${deeds.join('|')})\\.ts$`,
      },
      to: { path: '^server/database/|/queries\\.ts$|node_modules/(kysely|pg)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sql-in-queries',
      comment: 'SQL is written in queries.ts. Types of kysely may be named anywhere.',
      severity: 'error',
      from: {
        path: '^server/',
        // The adapter of the sessions; what starts, migrates and connects; the expressions that every query asks for a right by.
        pathNot:
          '/queries\\.ts$|^server/database/|^server/platform/sessions\\.ts$|^server/(organisations|cohorts|announcements)/access\\.ts$',
      },
      to: { path: 'node_modules/(kysely|pg)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'one-file-knows-lucia',
      comment: 'Lucia is no longer developed by its author: one file to change when it goes.',
      severity: 'error',
      from: { pathNot: '^server/platform/sessions\\.ts$' },
      to: { path: 'node_modules/lucia/' },
    },
    {
      name: 'server-runs-without-dev-dependencies',
      comment: 'An installation without them must start.',
      severity: 'error',
      from: { path: '^(server|migrations)/' },
      to: { path: '^tests/|node_modules/', dependencyTypesNot: ['npm', 'core', 'type-only'] },
    },
    {
      name: 'no-dangling-import',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // With TypeScript 7 the default parser sees no import at all and says that all is well.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
};
