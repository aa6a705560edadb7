"""Who may do what here, and who did: keys of programs, and the record of acts."""

from stamm.people.acts import Act, acts, record
from stamm.people.database import Database, open_database
from stamm.people.keys import Key, Scope, create_key, key_of, keys, revoke_key

__all__ = [
    "Act",
    "Database",
    "Key",
    "Scope",
    "acts",
    "create_key",
    "key_of",
    "keys",
    "open_database",
    "record",
    "revoke_key",
]
