"""Files: the door to a national single window, trust, connections, the published log."""

from swb.backends.files.agreements import AgreedConnectionSource
from swb.backends.files.answer_cache import FolderAnswerCache
from swb.backends.files.connections_file import FileConnectionSource
from swb.backends.files.consents_file import FileConsentSource
from swb.backends.files.data_policy_file import FileDataPolicySource
from swb.backends.files.distrust_file import FileDistrustRegister
from swb.backends.files.drop_folder import DropFolder
from swb.backends.files.log_folder import FileLogFolder
from swb.backends.files.trust_file import FileTrustSource
from swb.backends.files.trust_memory import TrustMemory

__all__ = [
    "AgreedConnectionSource",
    "DropFolder",
    "FileConnectionSource",
    "FileConsentSource",
    "FileDataPolicySource",
    "FileDistrustRegister",
    "FileLogFolder",
    "FileTrustSource",
    "FolderAnswerCache",
    "TrustMemory",
]
