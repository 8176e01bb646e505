import type { Translate } from '../platform/i18n.ts';

interface Named {
  name: string;
  kind: string;
  parent_name?: string | null;
  parent_kind?: string | null;
}

/** "Phường Sa Pa, Tỉnh Lào Cai" */
export function placeWords(t: Translate, { name, kind, parent_name, parent_kind }: Named): string {
  const own = t(`places.name_${kind}`, { name });
  return parent_name && parent_kind ? `${own}, ${t(`places.name_${parent_kind}`, { name: parent_name })}` : own;
}

/** As it is typed into a form, to be found again. */
export function typedWords({ name, parent_name }: Pick<Named, 'name' | 'parent_name'>): string {
  return parent_name ? `${name}, ${parent_name}` : name;
}
