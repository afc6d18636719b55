-- The team can read so many alerts in ten minutes: as many of these places as the settings say (1,000
-- at most), and who takes one holds it for ten minutes. Rows rather than a count, because rows can be
-- taken without waiting for others who take one too.
create table support.alert_places (
    number integer primary key,
    taken_at timestamptz not null default '-infinity'
);

insert into support.alert_places (number)
select generate_series(1, 1000);

-- What the team was not told one by one, until it is told in one: alerts without a place, and
-- requests for a person that were turned away, with the address they came from.
create table support.withheld_alerts (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('ticket_opened', 'ticket_extended', 'turned_away')),
    count bigint not null,
    place text,
    created_at timestamptz not null default now()
);

create index withheld_alerts_by_time on support.withheld_alerts (created_at);
