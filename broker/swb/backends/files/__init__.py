"""Files: a folder as the door to a national single window, files for trust and connections."""

from swb.backends.files.agreements import AgreedConnectionSource
from swb.backends.files.connections_file import FileConnectionSource
from swb.backends.files.distrust_file import FileDistrustRegister
from swb.backends.files.drop_folder import DropFolder
from swb.backends.files.trust_file import FileTrustSource
from swb.backends.files.trust_memory import TrustMemory

__all__ = [
    "AgreedConnectionSource",
    "DropFolder",
    "FileConnectionSource",
    "FileDistrustRegister",
    "FileTrustSource",
    "TrustMemory",
]
