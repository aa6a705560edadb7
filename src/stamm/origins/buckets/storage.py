"""What lies in a bucket, and how an object is fetched: whole, as it was listed, and no larger than allowed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stamm.lang.errors import InputError
from stamm.origins.buckets.setting import VARIABLES, BucketSetting

if TYPE_CHECKING:
    from obstore.store import ObjectStore

#: objects of a page, and bytes fetched at once
PAGE, PIECE = 1_000, 1 << 22
KNOCK, ANSWER = timedelta(seconds=10), timedelta(seconds=60)
#: how often an object that is replaced again and again is asked for
ATTEMPTS = 3
_CONFIGURED = {"s3": "aws_", "gs": "google_", "az": "azure_"}
#: what servers say of credentials that they do not know or that may not do this, and of buckets that are not there
_REFUSED = (
    "status code: 403",
    "status code: 401",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "AccessDenied",
    "AuthenticationFailed",
)
_MISSING = ("NoSuchBucket", "ContainerNotFound", "status code: 404")


@dataclass(frozen=True)
class Object:
    """An object as it was listed. Whatever of it is different afterwards, it is another one."""

    key: str
    size: int
    #: tag, version and moment of the last change (ISO 8601), as far as the storage tells them
    state: tuple[str, str, str]

    @property
    def name(self) -> str:
        """What a file of it is called: the key behind its last slash; empty for what is no file."""
        name = self.key.rpartition("/")[2]
        return "" if name in (".", "..") or "\0" in name else name


class Storage:
    """A bucket; raises ProjectError without credentials, InputError for useless ones and where obstore is missing."""

    def __init__(self, setting: BucketSetting) -> None:
        self.setting = setting
        setting.refuse_no_credentials()
        if find_spec("obstore") is None:
            raise InputError(
                "obstore, which reads object storage, is not installed.",
                where=setting.address,
                remedy="Install it: `pip install 'stamm[bucket]'`.",
            )
        from obstore.exceptions import BaseError  # noqa: PLC0415 - may not be installed

        try:
            self._store = _opened(setting)
        except BaseError:  # what it says may hold a piece of a key
            raise InputError(
                "The credentials for the bucket cannot be used as they are.",
                where=setting.address,
                remedy=f"Look at {', '.join(VARIABLES[setting.scheme][0])} in the environment.",
            ) from None

    def objects(self) -> Iterator[Object]:
        """All that lies there, by their keys, a page at a time; raises InputError where it cannot be listed."""
        from obstore import list as pages  # noqa: PLC0415 - may not be installed

        with self._told():
            for page in pages(self._store, chunk_size=PAGE):
                for about in page:
                    yield _object(about)

    def fetch(self, wanted: Object, into: Path) -> Object | None:
        """Write an object into a new file. Gives what it was when it was read, or None: gone, or never twice the same.

        Raises InputError for one that is too large, then no file is left.
        """
        from obstore import get, head  # noqa: PLC0415 - may not be installed
        from obstore.exceptions import PreconditionError  # noqa: PLC0415

        for _ in range(ATTEMPTS):
            self._refuse_large(wanted.size, wanted.key)
            try:
                with self._told():
                    tag = wanted.state[0]
                    found = get(self._store, wanted.key, options={"if_match": tag} if tag else {})
                    read = _object(found.meta)
                    if self._write(found.stream(min_chunk_size=PIECE), into, wanted.key) == read.size:
                        return read
                    wanted = _object(head(self._store, wanted.key))
            except PreconditionError:  # it was replaced since it was listed
                wanted = self._again(wanted)
            except FileNotFoundError:
                return None
        return None

    def _again(self, wanted: Object) -> Object:
        from obstore import head  # noqa: PLC0415 - may not be installed

        with self._told():
            return _object(head(self._store, wanted.key))

    def _write(self, pieces: Iterator[Any], into: Path, key: str) -> int:
        """How many bytes there were."""
        done = 0
        try:
            with into.open("wb") as file:
                for piece in pieces:
                    done += file.write(piece)
                    self._refuse_large(done, key)
        except InputError:
            into.unlink()
            raise
        return done

    def _refuse_large(self, size: int, key: str) -> None:
        if size > self.setting.largest_mb << 20:
            raise InputError(
                f"The object is larger than {self.setting.largest_mb:,} MB.",
                where=f"{self.setting.address}: {key}",
                remedy="Export less at once, or set largest_mb in stamm.toml.",
            )

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of the storage as somebody can act on them, in their first line alone."""
        from obstore.exceptions import BaseError, PreconditionError  # noqa: PLC0415 - may not be installed

        try:
            yield
        except PreconditionError:
            raise
        except BaseError as error:
            raise self._refusal(str(error)) from None

    def _refusal(self, told: str) -> InputError:
        first = told.partition("\n\nDebug source")[0]
        if any(sign in first for sign in _REFUSED):
            return InputError(
                "The storage refuses these credentials, or they may not list and read the bucket.",
                where=self.setting.address,
                remedy="Check the credentials in the environment, and what they allow.",
            )
        if any(sign in first for sign in _MISSING):
            return InputError(
                "There is no such bucket.", where=self.setting.address, remedy="Check its name, region and endpoint."
            )
        line = " ".join(first.split())
        return InputError(
            f"The storage cannot be read: {line.rstrip('.')}.",
            where=self.setting.address,
            remedy="Check the endpoint, and that this machine reaches it.",
        )


def _object(about: Any) -> Object:
    state = (about.get("e_tag") or "", about.get("version") or "", about["last_modified"].isoformat())
    return Object(str(about["path"]), int(about["size"]), state)


def _opened(setting: BucketSetting) -> ObjectStore:
    from obstore.store import from_url  # noqa: PLC0415 - may not be installed

    known = _CONFIGURED[setting.scheme]
    config = {f"{known}endpoint": setting.endpoint} if setting.endpoint else {}
    config |= {f"{known}region": setting.region} if setting.region else {}
    config |= {f"{known}skip_signature": "true"} if setting.credentials == "none" else {}
    opened: Any = from_url
    store: ObjectStore = opened(
        setting.address,
        config=config,
        client_options={
            "allow_http": setting.endpoint.startswith("http://"),
            "connect_timeout": KNOCK,
            "read_timeout": ANSWER,
        },
        retry_config={"max_retries": 3, "retry_timeout": ANSWER},
    )
    return store
