"""Mappings: how somebody's columns become the columns of a fact, as plain data that any reader of rows can follow."""

from stamm.facts.mapping.parsing import Place, parse_mapping
from stamm.facts.mapping.rules import Condition, FactMapping, Rule, Writing, mapping_table

__all__ = ["Condition", "FactMapping", "Place", "Rule", "Writing", "mapping_table", "parse_mapping"]
