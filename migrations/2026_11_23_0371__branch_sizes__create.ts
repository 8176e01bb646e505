import { type Kysely, sql } from 'kysely';

/**
 * How many organisations lie below each one: a page tells it of fifty branches, and must not read four thousand rows for it. Kept by a
 * trigger, since whoever has made a branch looks for it at once. Whoever changes the tree holds its root, so nobody waits for it longer.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table branch_sizes (
      organisation_id uuid primary key references organisations,
      children integer not null default 0 check (children >= 0),
      below integer not null default 0 check (below >= children)
    )
  `.execute(db);
  await sql`comment on column branch_sizes.below is 'at any depth; as among the children, what was merged is not counted'`.execute(
    db,
  );
  await sql`
    create function add_to_branch_sizes(ids uuid[], parents uuid[], paths ltree[], sign integer) returns void language sql as $$
      update branch_sizes as kept set children = kept.children + added.children, below = kept.below + added.below
      from (
        select above.id, sign * count(*) as below, sign * count(*) filter (where above.id = changed.parent_id) as children
        from unnest(ids, parents, paths) as changed (id, parent_id, path)
        cross join lateral unnest(string_to_array(ltree2text(subpath(changed.path, 0, -1)), '.')) as label (code)
        join organisations as above on above.code = label.code
        group by above.id
      ) as added
      where kept.organisation_id = added.id
    $$
  `.execute(db);
  await sql`
    create function keep_branch_sizes() returns trigger language plpgsql as $$
    begin
      if tg_op = 'INSERT' then
        insert into branch_sizes (organisation_id) select id from new_rows;
        perform add_to_branch_sizes(array_agg(id), array_agg(parent_id), array_agg(path), 1)
          from new_rows where merged_into_id is null having count(*) > 0;
        return null;
      end if;
      perform add_to_branch_sizes(array_agg(n.id), array_agg(n.parent_id), array_agg(n.path), 1)
        from new_rows n join old_rows o using (id)
        where n.merged_into_id is null and (n.path, n.parent_id, n.merged_into_id) is distinct from (o.path, o.parent_id, o.merged_into_id)
        having count(*) > 0;
      perform add_to_branch_sizes(array_agg(o.id), array_agg(o.parent_id), array_agg(o.path), -1)
        from old_rows o join new_rows n using (id)
        where o.merged_into_id is null and (n.path, n.parent_id, n.merged_into_id) is distinct from (o.path, o.parent_id, o.merged_into_id)
        having count(*) > 0;
      return null;
    end $$
  `.execute(db);
  await sql`
    create trigger organisations_size_new after insert on organisations
      referencing new table as new_rows for each statement execute function keep_branch_sizes()
  `.execute(db);
  await sql`
    create trigger organisations_size_changed after update on organisations
      referencing old table as old_rows new table as new_rows for each statement execute function keep_branch_sizes()
  `.execute(db);
  await sql`insert into branch_sizes (organisation_id) select id from organisations`.execute(db);
  await sql`
    select add_to_branch_sizes(array_agg(id), array_agg(parent_id), array_agg(path), 1)
    from organisations where merged_into_id is null
  `.execute(db);

  // What lies directly below, and all there are, as pages show them.
  await sql`
    create index organisations_children on organisations (parent_id, name collate "vi-x-icu", code) where merged_into_id is null
  `.execute(db);
  await sql`
    create index organisations_by_name on organisations (name collate "vi-x-icu", code) where merged_into_id is null
  `.execute(db);
}
