import Type from 'typebox';
import type { Seal } from '../../accounts/sealing.ts';

const WayOut = Type.Object({ person_id: Type.String() });

/** Ends letters about announcements, and opens nothing else: so it may stand in a letter for as long as one is kept. */
export const wayOutSeal: Seal<typeof WayOut> = {
  purpose: 'end announcement letters',
  minutes: 365 * 24 * 60,
  content: WayOut,
};
