import type { Judgement } from '../../server/credentials/judging.ts';

/** As tables of expectations say it. */
export function inWords(judgement: Judgement): string {
  return 'reason' in judgement ? `${judgement.outcome} ${judgement.reason}` : judgement.outcome;
}
