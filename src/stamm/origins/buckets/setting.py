"""`[bucket.NAME]` of stamm.toml: which objects of which storage are taken in, and how often one looks for them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from stamm.lang.errors import ProjectError
from stamm.origins.section import settings_of

SECTION = "bucket"
#: what each setting means to whoever writes one
MEANING = {
    "address": "the storage, the bucket and, if not all of it is meant, how the names of objects begin: "
    "s3://exports/shop, gs://exports/shop or az://exports/shop",
    "endpoint": "another server than the provider's that speaks as it does, such as MinIO: https://storage.example.com",
    "region": "the region of an S3 bucket",
    "credentials": "environment (the variables that the provider's own tools read), machine (the role of this machine) "
    "or none (the bucket is public)",
    "largest_mb": "larger objects are refused (1,024)",
    "every_minutes": "how often `stamm work` looks into it (5)",
}
#: by scheme: variables, of which one set has to be there
VARIABLES: Mapping[str, tuple[tuple[str, ...], ...]] = MappingProxyType({
    "s3": (
        ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE",),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI",),
    ),
    "gs": (("GOOGLE_APPLICATION_CREDENTIALS",), ("GOOGLE_SERVICE_ACCOUNT",), ("GOOGLE_SERVICE_ACCOUNT_KEY",)),
    "az": (
        ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT_KEY"),
        ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_SAS_TOKEN"),
        ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_CLIENT_ID"),
    ),
})  # fmt: skip
#: settings that only some of them have
ONLY = {"endpoint": ("s3", "az"), "region": ("s3",)}
CREDENTIALS = ("environment", "machine", "none")
_LEAST = {"largest_mb": 1, "every_minutes": 1}
_EXAMPLE = 'Write address = "s3://BUCKET/BEGINNING", gs://... or az://...'


@dataclass(frozen=True)
class BucketSetting:
    """A bucket as stamm.toml names it; nothing in it is secret."""

    name: str
    address: str
    endpoint: str = ""
    region: str = ""
    credentials: str = "environment"
    largest_mb: int = 1_024
    every_minutes: int = 5

    @classmethod
    def parse(cls, name: str, table: object, file: Path) -> BucketSetting:
        """The setting as it stands in stamm.toml; raises ProjectError with section, key and remedy."""
        given, place = settings_of(SECTION, name, table, file, known=MEANING, least=_LEAST)
        found = cls(name, **({"address": ""} | dict(given)))
        parts = urlsplit(found.address)
        if parts.scheme not in VARIABLES or not parts.netloc or parts.query or parts.fragment:
            raise ProjectError("That is no address of a bucket.", where=place, remedy=_EXAMPLE)
        if "@" in parts.netloc or "@" in urlsplit(found.endpoint).netloc:
            raise ProjectError(
                "Credentials do not belong into stamm.toml.", where=place, remedy="Put them into the environment."
            )
        if found.endpoint and urlsplit(found.endpoint).scheme not in ("http", "https"):
            raise ProjectError("That is no endpoint.", where=place, remedy='Write endpoint = "https://HOST".')
        for key, schemes in ONLY.items():
            if getattr(found, key) and found.scheme not in schemes:
                raise ProjectError(
                    f"A bucket of {found.scheme}:// has no {key}.", where=place, remedy=f"Leave {key} out."
                )
        if found.credentials not in CREDENTIALS:
            raise ProjectError(
                "There are no such credentials.", where=place, remedy=f"Write one of {', '.join(CREDENTIALS)}."
            )
        return found

    @property
    def scheme(self) -> str:
        """Whose storage it is: s3, gs or az."""
        return urlsplit(self.address).scheme

    def refuse_no_credentials(self) -> None:
        """Raise ProjectError where the environment should hold credentials and does not; nobody is asked for them."""
        sets = VARIABLES[self.scheme]
        if self.credentials == "environment" and not any(all(os.environ.get(one) for one in each) for each in sets):
            raise ProjectError(
                "There are no credentials for the bucket in the environment.",
                where=f"stamm.toml, [{SECTION}.{self.name}]",
                remedy=f'Set {" and ".join(sets[0])}; or write credentials = "machine" for the role of this machine, '
                '"none" for a public bucket.',
            )
