"""The same questions in SQL for DuckDB, as somebody would write them by hand who needs only this one answer.

No keys, no history, no rows set aside, no definitions: what is written here is the limit, not a peer. Placeholders
are filled by `str.format` with values of the bench itself.
"""

IMPORT = """
copy (
    select order_id, customer_id, ordered_at::timestamptz as ordered_at,
        (amount::decimal(18, 2) * 100)::bigint as amount_minor, (tax::decimal(18, 2) * 100)::bigint as tax_minor,
        (shipping::decimal(18, 2) * 100)::bigint as shipping_minor, currency, channel, campaign,
        nullif(cancelled_at, '')::timestamptz as cancelled_at, ordered_at::timestamptz::date as ordered_on,
        strftime(ordered_at::timestamptz, '%Y-%m') as month
    from read_csv('{file}', all_varchar = true)
) to '{folder}' (format parquet, compression zstd, partition_by (month))
"""

SPELLS = """
with signs as (
    select customer_id, ordered_at as moment,
        lag(ordered_at) over (partition by customer_id order by ordered_at) as earlier
    from read_parquet({orders}) where customer_id is not null and cancelled_at is null
), numbered as (
    select *, sum(case when earlier is null or moment > earlier + interval '{hours} hours' then 1 else 0 end)
        over (partition by customer_id order by moment rows unbounded preceding) as number
    from signs
), spells as (
    select customer_id, min(moment) as started_at, max(moment) + interval '{hours} hours' as ended_at
    from numbered group by customer_id, number
), windows as (
    select unnest(generate_series(timestamptz '{first}', timestamptz '{last}', interval '1 {grain}')) as start
), people as (
    select start, customer_id,
        bool_or(started_at < start and ended_at >= start) as was_here,
        bool_or(started_at < start + interval '1 {grain}' and ended_at >= start + interval '1 {grain}') as is_here
    from windows join spells on started_at < start + interval '1 {grain}' and ended_at >= start
    group by all
)
select start, count(*) filter (was_here) as here, count(*) filter (was_here and is_here) as kept
from people group by start
"""

REVENUE = """
select date_trunc('{grain}', ordered_on) as start, count(*) as orders, sum(amount_minor) as amount
from read_parquet({orders}) where cancelled_at is null group by 1
"""

REPEATED = """
with numbered as (
    select customer_id, date_trunc('{grain}', ordered_on) as start,
        row_number() over (partition by customer_id order by ordered_at, order_id) as position
    from read_parquet({orders}) where customer_id is not null and cancelled_at is null
)
select start, count(distinct customer_id) as customers, count(distinct customer_id) filter (position >= 2) as again
from numbered group by 1
"""

COHORTS = """
with months as (
    select distinct customer_id, date_trunc('month', ordered_on) as month
    from read_parquet({orders}) where customer_id is not null and cancelled_at is null
), entries as (
    select customer_id, min(month) as cohort from months group by 1
)
select cohort, date_diff('month', cohort, month) as period, count(*) as customers
from months join entries using (customer_id) group by 1, 2
"""
