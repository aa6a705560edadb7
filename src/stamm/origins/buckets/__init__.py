"""Buckets of an object storage, in which other systems put files: looked into again and again, each object once."""

from stamm.origins.buckets.setting import BucketSetting
from stamm.origins.buckets.storage import Object, Storage

__all__ = ["BucketSetting", "Object", "Storage"]
