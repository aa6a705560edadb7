"""A real S3 server on loopback (moto), which knows who may come in; gone after the tests."""

from __future__ import annotations

import ctypes
import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import obstore
from obstore.store import S3Store

PATIENCE_SECONDS = 60
REGION = "us-east-1"
POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Served:
    """A running server, and the key of somebody who may do everything in it."""

    port: int
    key: str
    secret: str

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def bucket(self) -> Bucket:
        """A new bucket."""
        name = f"exports-{next(_NUMBERS)}"
        client = _client("s3", self.endpoint, self.key, self.secret)
        client.create_bucket(Bucket=name)
        client.close()
        store = S3Store(
            name,
            endpoint=self.endpoint,
            region=REGION,
            access_key_id=self.key,
            secret_access_key=self.secret,
            client_options={"allow_http": True},
        )
        return Bucket(self, name, store)


@dataclass(frozen=True)
class Bucket:
    """A bucket and its owner."""

    served: Served
    name: str
    store: S3Store

    @property
    def address(self) -> str:
        return f"s3://{self.name}/in"

    def settings(self) -> str:
        """As it stands in stamm.toml."""
        return (
            f'\n[bucket.exports]\naddress = "{self.address}"\n'
            f'endpoint = "{self.served.endpoint}"\nregion = "{REGION}"\n'
        )

    def put(self, key: str, content: bytes) -> None:
        obstore.put(self.store, key, content)

    def delete(self, key: str) -> None:
        obstore.delete(self.store, key)


@contextmanager
def running() -> Iterator[Served]:
    """A running server; nobody comes in without a key once there is one."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port = int(tried.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        env=os.environ | {"INITIAL_NO_AUTH_ACTION_COUNT": "3"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: ctypes.CDLL(None).prctl(1, signal.SIGKILL),  # noqa: PLW1509 - it takes no lock
    )
    try:
        _wait_for(process, port)
        client = _client("iam", f"http://127.0.0.1:{port}", "nobody", "nothing")
        client.create_user(UserName="stamm")
        made = client.create_access_key(UserName="stamm")["AccessKey"]
        client.put_user_policy(UserName="stamm", PolicyName="all", PolicyDocument=POLICY)
        client.close()
        yield Served(port, made["AccessKeyId"], made["SecretAccessKey"])
    finally:
        process.kill()
        process.wait(20)


def _client(what: str, endpoint: str, key: str, secret: str) -> Any:
    return boto3.client(
        what, endpoint_url=endpoint, region_name=REGION, aws_access_key_id=key, aws_secret_access_key=secret
    )


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as knocking:
            if knocking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("The S3 server did not start.")
