-- The customers' confirmations go to addresses that anybody may type, so they are few: an hour has
-- as many places as the settings say (10,000 at most), and who takes one holds it for an hour. Rows
-- rather than a count, because rows can be taken without waiting for others who take one too.
create table support.confirmation_places (
    number integer primary key,
    address_hash bytea,
    taken_at timestamptz not null default '-infinity'
);

insert into support.confirmation_places (number)
select generate_series(1, 10000);

create index confirmation_places_by_address on support.confirmation_places (address_hash, taken_at);
