-- Orders belong to another program, whose database this may be: its tables are read as they are
-- and made only where they do not exist and this role may make them; a desk without a shop has no
-- orders to tell of. Timestamps have no zone and mean UTC.
do $$
begin
    if not has_schema_privilege('public', 'create') then
        return;
    end if;
    if to_regclass('public.dfy_orders') is null then
        create table public.dfy_orders (
            id serial primary key,
            customer_id varchar(255) not null,
            customer_email varchar(255) not null,
            tier varchar(50) not null,
            status varchar(50) default 'NEW',
            deadline timestamp,
            revisions_left integer default 1,
            files_url text,
            final_package_url text,
            upgraded_from integer,
            checklist_status varchar(50) default 'PENDING',
            created_at timestamp default (now() at time zone 'utc'),
            updated_at timestamp default (now() at time zone 'utc')
        );
        -- Found whatever the case of the address.
        create index dfy_orders_by_lower_email on public.dfy_orders (lower(customer_email collate "C"));
    end if;
    if to_regclass('public.dfy_activity') is null then
        create table public.dfy_activity (
            id serial primary key,
            order_id integer not null,
            activity_type varchar(100) not null,
            description text,
            created_at timestamp default (now() at time zone 'utc')
        );
        create index dfy_activity_by_order on public.dfy_activity (order_id, created_at);
    end if;
    if to_regclass('public.upsell_log') is null then
        create table public.upsell_log (
            id serial primary key,
            order_id integer not null,
            email_type varchar(50) not null,
            sent_at timestamp default (now() at time zone 'utc'),
            status varchar(50) default 'SENT'
        );
    end if;
end
$$;
