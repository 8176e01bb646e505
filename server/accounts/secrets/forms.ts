import Type from 'typebox';
import { ask } from '../forms.ts';

export const ChangeForm = Type.Object({ old_secret: ask.secret(), secret: ask.newSecret() });
