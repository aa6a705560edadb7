"""The same questions in SQL for DuckDB, as somebody would write them by hand who needs only this one answer.

No history, no rows set aside, no definitions: what is written here is the limit, not a peer. The questions read native
tables in which keys and local days are resolved (`world.NATIVE`). Placeholders are filled by `str.format` with values
of the bench itself.
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

DAILY_ACTIVES = """
select happened_on, count(distinct visitor_id) from events group by 1
"""

#: by month of the first event, and how many months later
COHORTS = """
with months as (
    select distinct customer_id, date_trunc('month', happened_on) as month from events where customer_id is not null
), entries as (
    select customer_id, min(month) as cohort from months group by 1
)
select cohort, date_diff('month', cohort, month) as period, count(*) as customers
from months join entries using (customer_id) group by 1, 2
"""

#: here when the week opens, and of these gone when it closes, for a customer who leaves {days} days after an order
WEEKLY_CHURN = """
with signs as (
    select customer_id, ordered_at as moment,
        lag(ordered_at) over (partition by customer_id order by ordered_at) as earlier
    from orders where customer_id is not null and cancelled_at is null
), numbered as (
    select *, sum(case when earlier is null or moment > earlier + interval '{hours} hours' then 1 else 0 end)
        over (partition by customer_id order by moment rows unbounded preceding) as number
    from signs
), spells as (
    select customer_id, min(moment) as started_at, max(moment) + interval '{hours} hours' as ended_at
    from numbered group by customer_id, number
), weeks as (
    select start, start + interval '7 days' as stop
    from unnest(generate_series(timestamptz '{first}', timestamptz '{last}', interval '7 days')) as series(start)
), people as (
    select start, customer_id,
        bool_or(started_at < start and ended_at >= start) as was_here,
        bool_or(started_at < stop and ended_at >= stop) as is_here
    from weeks join spells on started_at < stop and ended_at >= start
    group by all
)
select start::date, count(*) filter (was_here), count(*) filter (was_here and not is_here) from people group by 1
"""

#: the latest beginning that may still lead on is carried along; so everybody gets as far as they can
FUNNEL = """
with steps as (
    select visitor_id, happened_at, event_id,
        case when name = 'product' then 1 when kind <> 'track' then 0 when name = 'Product Added' then 2
            when name = 'Order Completed' then 3 else 0 end as step
    from events
    where name = 'product' or (kind = 'track' and name in ('Product Added', 'Order Completed'))
), first as (
    select *, max(case when step = 1 then happened_at end) over earlier as began
    from steps window earlier as (partition by visitor_id order by happened_at, event_id rows unbounded preceding)
), second as (
    select *, max(case when step = 2 and happened_at <= began + interval '24 hours' then began end)
        over earlier as began_second
    from first window earlier as (partition by visitor_id order by happened_at, event_id rows unbounded preceding)
), reached as (
    select visitor_id, bool_or(step = 1) as one, bool_or(began_second is not null) as two,
        bool_or(step = 3 and happened_at <= began_second + interval '24 hours') as three
    from second group by 1
)
select unnest([1, 2, 3]), unnest([count(*) filter (one), count(*) filter (two), count(*) filter (three)]) from reached
"""

RFM = """
with bought as (
    select customer_id, max(ordered_at) as last_at, count(*) as orders, sum(amount_minor) as money
    from orders where customer_id is not null and cancelled_at is null group by 1
), back as (
    select coalesce(returns.customer_id, orders.customer_id) as customer_id, sum(returns.amount_minor) as back
    from returns join orders using (order_id) where cancelled_at is null group by 1
), people as (
    select bought.* replace (money - coalesce(back, 0) as money), count(*) over () as n
    from bought left join back using (customer_id)
), scored as (
    select 1 + 5 * (rank() over (order by last_at) - 1) // n as r,
        1 + 5 * (rank() over (order by orders) - 1) // n as f,
        1 + 5 * (rank() over (order by money) - 1) // n as m
    from people
)
select 'r', r, count(*) from scored group by 2 union all
select 'f', f, count(*) from scored group by 2 union all
select 'm', m, count(*) from scored group by 2
"""

#: visits of each day and the seconds they took, cut where more than half an hour passes
SESSIONS = """
with marked as (
    select visitor_id, happened_at, happened_on,
        coalesce(happened_at > lag(happened_at) over later + interval '30 minutes', true) as opens
    from events window later as (partition by visitor_id order by happened_at)
), numbered as (
    select *, sum(opens::int) over (partition by visitor_id order by happened_at rows unbounded preceding) as number
    from marked
), sessions as (
    select min(happened_on) as started_on, max(happened_at) - min(happened_at) as length
    from numbered group by visitor_id, number
)
select date_trunc('month', started_on), count(*), sum(epoch(length)) from sessions group by 1
"""

#: what each visitor did on each day, and by month what that adds up to
CUSTOMER_DAYS = """
with days as (
    select visitor_id, happened_on, count(*) as events,
        count(*) filter (kind in ('page', 'screen')) as page_views, count(*) filter (kind = 'track') as actions
    from events group by 1, 2
)
select date_trunc('month', happened_on), count(*), sum(events), sum(page_views), sum(actions) from days group by 1
"""

#: the same, but kept: how many events they count
KEPT_CUSTOMER_DAYS = """
create or replace temp table customer_days as
select visitor_id, customer_id, happened_on, count(*) as events,
    count(*) filter (kind in ('page', 'screen')) as page_views, count(*) filter (kind = 'track') as actions
from events group by 1, 2, 3;
select sum(events), sum(page_views), sum(actions) from customer_days
"""
