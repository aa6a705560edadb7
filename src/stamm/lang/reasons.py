"""Why a number has no value or is not final, and what it left out: codes that every surface puts into words."""

NO_FACTS = "no_facts"
OUTSIDE = "outside_coverage"
NOT_BEGUN = "not_begun"
CUT_HISTORY = "cut_history"
#: it looks back from its end to days before the data, which begin in mid-life
LOOKS_BACK = "looks_back_before_data"
#: nobody can say who was in a segment when its window opened
NO_MEMBERS = "segment_not_known"
ZERO = "zero_denominator"
#: something it counts is not over yet, for everybody it counts
NOT_OVER = "not_over"
#: it has a value that can still grow
GROWING = "growing"
#: it has a value, of what is left of a time that began before the data
BEGINS_BEFORE = "begins_before_data"

#: rows that an answer passed over
CUSTOMERLESS_ORDERS = "orders without a customer"
CANCELLED_ORDERS = "cancelled orders"
UNSOUND_ROWS = "rows of any time that are not sound"
#: of a segment, facts of other kinds
CUSTOMERLESS_FACTS = "facts without a customer"
CUSTOMERLESS_VISITS = "visits without a customer"
CUSTOMERLESS_EVENTS = "events without a customer"
CUSTOMERLESS_MESSAGES = "messages without a customer"
SHARED_COSTS = "costs shared by all customers"
#: counted, with a cost of nothing
UNKNOWN_COSTS = "costs of goods that are not known, of orders"
