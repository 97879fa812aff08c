"""Peers: what others would use for a part of the same work, each in processes of its own.

Nothing of the broker but its documents is used here, and nothing here is used by the broker: the
libraries are the extra ``bench``.
"""
