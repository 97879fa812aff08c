"""What the questions of the protocol mean, as answers by this project's own `swb_schemas`.

Pure functions from a request to an answer, behind which the built-in target puts a process. They
answer what needs no adapter: ``check``, ``seal``, ``open``, ``sign``, ``verify``.
"""

from swb_conformance.reference.answering import VERBS, answer_request

__all__ = ["VERBS", "answer_request"]
