"""The composition root: the only place that chooses back ends and joins them to use cases."""

from swb.app.node import Node
from swb.app.nodes import open_node, open_store, open_submitting

__all__ = ["Node", "open_node", "open_store", "open_submitting"]
