"""What people here write about customers: notes, tasks, and who looks after whom.

It lies beside keys and acts, as plain rows that need no Django: whoever erases a person, gives them their data, or
backs a project up has it at hand from the command line. A row keeps the customer's number under which it was written;
who turned out to be somebody else takes theirs along, because all numbers of a person are asked for together.
"""

from stamm.care.notes import Note, notes_of, remove_note, restore_note, write_note
from stamm.care.owners import owned_by, owner_of, set_owner
from stamm.care.tables import TABLES
from stamm.care.tasks import Task, finish_task, make_task, remove_task, reopen_task, restore_task, tasks_for, tasks_of

__all__ = [
    "TABLES",
    "Note",
    "Task",
    "finish_task",
    "make_task",
    "notes_of",
    "owned_by",
    "owner_of",
    "remove_note",
    "remove_task",
    "reopen_task",
    "restore_note",
    "restore_task",
    "set_owner",
    "tasks_for",
    "tasks_of",
    "write_note",
]
