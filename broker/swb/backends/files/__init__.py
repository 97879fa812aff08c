"""Files: a folder as the door to a national single window, a file as the source of trust."""

from swb.backends.files.drop_folder import DropFolder
from swb.backends.files.trust_file import FileTrustSource

__all__ = ["DropFolder", "FileTrustSource"]
