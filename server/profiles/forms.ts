import Type from 'typebox';
import { field } from '../platform/forms.ts';

export const ProfileForm = Type.Object({ scores: field.ticked() });
