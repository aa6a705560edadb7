"""A contract for import-linter: like `forbidden`, but a source package may not exist yet.

The contract names every package of the line from the first day, so that a new one is held to it without
anybody having to remember; import-linter's own `forbidden` refuses names that are not there.
"""

from grimp import ImportGraph
from importlinter import ContractCheck
from importlinter.contracts.forbidden import ForbiddenContract


class ForbiddenWhereThere(ForbiddenContract):
    type_name = "forbidden_where_there"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        # What the class declares as fields, an instance holds as plain sets.
        options = vars(self)
        options["source_modules"] = {module for module in options["source_modules"] if str(module) in graph.modules}
        if not options["source_modules"]:
            return ContractCheck(kept=True)
        return super().check(graph, verbose)
