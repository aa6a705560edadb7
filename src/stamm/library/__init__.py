"""Stamm as a library: the numbers of a project as tables and charts, at home in a notebook.

    import stamm

    with stamm.open("shop") as shop:
        shop.metric("customer_retention_rate", grain="month")        # shown as a table; .to_pandas(), .to_arrow()
        shop.analyse("retention_table", rule="on_or_after").to_pandas()
        shop.chart("customer_retention_rate")                        # an Altair chart

It asks through the same door as the command line, so that the numbers are the same.
"""

from stamm.library.opened import OpenProject, open_project
from stamm.library.results import MetricResult, Result, TableResult

__all__ = ["MetricResult", "OpenProject", "Result", "TableResult", "open_project"]
