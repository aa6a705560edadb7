"""Tables and views of any SQL database as a source of facts: read-only, by and by, each row once."""

from stamm.origins.tables.setting import TableSetting
from stamm.origins.tables.source import TableSource

__all__ = ["TableSetting", "TableSource"]
