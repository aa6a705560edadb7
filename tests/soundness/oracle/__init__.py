"""An independent oracle of the metrics: plain Python over plain rows, written from the catalogue alone.

Every metric is a function of (world, start, end); the window is half-open, in local days of the world's zone.
Counts and money (in minor units) are int, the rest are exact Fractions; None is no value.
"""

from collections.abc import Callable
from datetime import date

from . import (
    metrics_answers,
    metrics_costs,
    metrics_loyalty,
    metrics_orders,
    metrics_recurring,
    metrics_retention,
    metrics_revenue,
    metrics_value,
    metrics_visitors,
    metrics_visits,
)
from .clock import day_start, elapsed_days, elapsed_years, local_day
from .identity import customer_of, sessions, visitor_of
from .spells import Spell, ends_in, here, here_at_end, here_at_start, spells, starts_in
from .world import KINDS, Row, Value, World

__all__ = [
    "FAMILIES",
    "KINDS",
    "METRICS",
    "Row",
    "Spell",
    "Value",
    "World",
    "customer_of",
    "day_start",
    "elapsed_days",
    "elapsed_years",
    "ends_in",
    "here",
    "here_at_end",
    "here_at_start",
    "local_day",
    "sessions",
    "spells",
    "starts_in",
    "visitor_of",
]

MetricFunction = Callable[[World, date, date], Value]

# The first of each family is the metric, the others are its siblings.
FAMILIES: tuple[tuple[MetricFunction, ...], ...] = (
    (metrics_retention.customer_count,),
    (metrics_retention.customer_ledger,),
    (metrics_retention.new_customers,),
    (metrics_retention.returned_customers,),
    (metrics_retention.lost_customers,),
    (
        metrics_retention.customer_retention_rate,
        metrics_retention.customer_retention_rate_formula,
        metrics_retention.returning_over_new_customers,
    ),
    (
        metrics_retention.customer_churn_rate,
        metrics_retention.churn_rate_all_leavers,
        metrics_retention.churn_rate_pooled,
        metrics_retention.churn_rate_daily_sum,
        metrics_retention.share_remaining,
    ),
    (
        metrics_orders.repeat_purchase_rate,
        metrics_orders.repeat_within_window,
        metrics_orders.returning_customer_share,
        metrics_orders.repeat_customers_of_all,
    ),
    (metrics_orders.purchase_frequency,),
    (
        metrics_orders.time_between_purchases,
        metrics_orders.gap_between_orders,
        metrics_orders.time_to_first_purchase,
        metrics_orders.time_to_second_purchase,
    ),
    (metrics_orders.product_return_rate,),
    (metrics_loyalty.loyal_customers,),
    (metrics_loyalty.one_time_buyer_share,),
    (metrics_loyalty.cross_sell_rate,),
    (metrics_loyalty.revenue_per_customer,),
    (metrics_revenue.gross_revenue,),
    (metrics_revenue.revenue,),
    (metrics_revenue.order_count,),
    (metrics_revenue.average_order_value,),
    (
        metrics_visitors.conversion_rate,
        metrics_visitors.conversions_per_visitor,
        metrics_visitors.conversions_per_session,
    ),
    (metrics_visits.page_views,),
    (metrics_visits.visits,),
    (metrics_visits.visitors,),
    (metrics_visits.new_visitor_share,),
    (metrics_visits.session_duration,),
    (metrics_visits.pages_per_session,),
    (metrics_visits.bounce_rate, metrics_visits.one_page_sessions, metrics_visits.sessions_not_engaged),
    (metrics_visits.exit_rate,),
    (metrics_visits.visit_frequency,),
    (metrics_visits.days_between_visits,),
    (metrics_visits.active_engagement_share,),
    (metrics_visits.stickiness, metrics_visits.active_days),
    (metrics_visits.product_adoption_rate,),
    (metrics_answers.net_promoter_score,),
    (metrics_answers.customer_satisfaction,),
    (metrics_value.customer_lifetime, metrics_value.mean_closed_spell),
    (
        metrics_value.customer_lifetime_value,
        metrics_costs.lifetime_value_margin,
        metrics_value.lifetime_value_arpa_over_churn,
        metrics_value.historic_value,
    ),
    (metrics_value.monthly_recurring_revenue, metrics_value.monthly_recurring_revenue_formula),
    (metrics_value.average_revenue_per_account,),
    (metrics_recurring.mrr_new,),
    (metrics_recurring.mrr_expansion,),
    (metrics_recurring.mrr_contraction,),
    (metrics_recurring.mrr_churned,),
    (metrics_recurring.mrr_reactivation,),
    (
        metrics_recurring.gross_mrr_churn_rate,
        metrics_recurring.net_mrr_churn_rate,
        metrics_recurring.net_revenue_retention,
        metrics_recurring.gross_revenue_retention,
    ),
    (metrics_recurring.quick_ratio,),
    (metrics_costs.gross_margin,),
    (metrics_costs.cost_to_serve,),
    (metrics_costs.contribution_per_customer,),
    (metrics_costs.acquisition_cost,),
    (metrics_costs.retention_cost,),
    (metrics_costs.ltv_to_cac,),
    (metrics_costs.return_on_ad_spend,),
    (metrics_costs.top_customer_share,),
)

METRICS: dict[str, MetricFunction] = {metric.__name__: metric for family in FAMILIES for metric in family}
